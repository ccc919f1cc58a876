//! Streams of items: an acknowledgement for each after its commit, and never more in hand than the window.
//!
//! Items are handed to the engine in the order of the stream, so that those of one case keep it; they are answered as
//! they are committed. A full queue or window stops the reading, and so the sender. One bad item is acknowledged as
//! rejected and ends nothing, one that is too large as well; only a line that breaks, or an item beyond what is read at
//! all, does.

use super::access::guard::{Carries, in_our_words};
use super::pb;
use super::refused::Refused;
use futures::stream::{FuturesUnordered, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status, Streaming};

/// What an item came to.
pub(super) type Answer = (i64, Result<pb::Receipt, Refused>);
/// An item in hand: its answer comes after its commit.
pub(super) type InHand = Pin<Box<dyn Future<Output = Answer> + Send>>;
/// What a streaming call answers with.
pub(super) type Acknowledgements<A> = Pin<Box<dyn tokio_stream::Stream<Item = Result<A, Status>> + Send>>;

/// Takes a stream of items: `hand_over` hands one over and gives the place of its answer, `acknowledge` writes it.
pub(super) fn take<I, A, H, F>(
    mut items: Streaming<I>,
    window: usize,
    carries: Carries,
    hand_over: H,
    acknowledge: fn(Answer) -> A,
) -> Acknowledgements<A>
where
    I: Send + 'static,
    A: Send + 'static,
    H: Fn(I) -> F + Send + Sync + 'static,
    F: Future<Output = InHand> + Send + 'static,
{
    let (out, answers) = mpsc::channel(window.max(1));
    tokio::spawn(async move {
        let mut in_hand: FuturesUnordered<InHand> = FuturesUnordered::new();
        let mut open = true;
        while open || !in_hand.is_empty() {
            tokio::select! {
                Some(answer) = in_hand.next(), if !in_hand.is_empty() => {
                    // A caller who went away is told nothing; what was handed over is committed all the same.
                    if out.send(Ok(acknowledge(answer))).await.is_err() {
                        return;
                    }
                }
                item = items.message(), if open && in_hand.len() < window => match item {
                    Ok(Some(item)) => {
                        let handed = hand_over(item).await;
                        in_hand.push(handed);
                    }
                    Ok(None) => open = false,
                    Err(status) => {
                        while let Some(answer) = in_hand.next().await {
                            drop(out.send(Ok(acknowledge(answer))).await);
                        }
                        let ours = in_our_words(&status, carries);
                        drop(out.send(Err(ours.map_or(status, Status::from))).await);
                        return;
                    }
                }
            }
        }
    });
    Box::pin(ReceiverStream::new(answers))
}

/// When the caller of a stream hangs up, by the header in which gRPC says so; none where they do not say. What serves a
/// call holds to it until the answer begins, and a stream that goes on has to do so itself.
pub(super) fn deadline<T>(request: &Request<T>) -> Option<Instant> {
    let text = request.metadata().get("grpc-timeout")?.to_str().ok()?;
    Instant::now().checked_add(timeout(text)?)
}

/// At most eight figures and a unit, as "gRPC over HTTP2" has it.
fn timeout(text: &str) -> Option<Duration> {
    let (figures, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if figures.is_empty() || figures.len() > 8 || !figures.bytes().all(|figure| figure.is_ascii_digit()) {
        return None;
    }
    let number: u64 = figures.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// The answer to an item that never reached the engine.
pub(super) fn at_once(sequence: i64, answer: Result<pb::Receipt, Refused>) -> InHand {
    Box::pin(std::future::ready((sequence, answer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_eight_figures_and_a_unit() {
        let read =
            [("1H", 3_600_000), ("2M", 120_000), ("30S", 30_000), ("99999999m", 99_999_999), ("5000u", 5)];
        for (text, milliseconds) in read {
            assert_eq!(timeout(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "S", "30", "-1S", "123456789S", "1s", "1é"] {
            assert_eq!(timeout(text), None, "{text}");
        }
    }
}
