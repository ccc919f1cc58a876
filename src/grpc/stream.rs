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
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

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

/// The answer to an item that never reached the engine.
pub(super) fn at_once(sequence: i64, answer: Result<pb::Receipt, Refused>) -> InHand {
    Box::pin(std::future::ready((sequence, answer)))
}
