//! From the outcome of one attempt to what follows for the message: pure.
//!
//! A mail that was put off is tried again, without an event: nothing has happened yet. Only when the attempts are
//! used up is it an event, and it is told as *refused*, because what must follow is the same: a person reaches them
//! in another way. Attempts by hand after that are counted on, and are given the same patience.

use super::settings::{RepeatUnknown, Settings};
use crate::domain::event::Fate;
use crate::domain::message::Audience;
use crate::mail::Outcome;
use std::time::Duration;

/// What follows for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It fared so: an event.
    Fared(Fate),
    /// It is tried again after this.
    Again(Duration),
}

/// What follows from `outcome` of attempt number `attempt` (from 1) at a message for `audience`; `jitter` in 0..1
/// keeps mails that failed together from coming back together.
pub(super) fn verdict(
    outcome: &Outcome,
    attempt: i64,
    audience: Audience,
    settings: &Settings,
    jitter: f64,
) -> Verdict {
    let max = settings.attempts_max.max(1);
    let patience_ends = attempt % max == 0;
    let again = || {
        let nth = u32::try_from((attempt - 1) % max + 1).unwrap_or(u32::MAX);
        Verdict::Again(settings.retry.delay(nth, jitter))
    };
    match outcome {
        Outcome::Sent { .. } => Verdict::Fared(Fate::Sent),
        Outcome::Refused { reason } => Verdict::Fared(Fate::Refused { reason: reason.to_string() }),
        Outcome::Deferred { reason, .. } if patience_ends => {
            Verdict::Fared(Fate::Refused { reason: format!("given up after {attempt} attempts, {reason}") })
        }
        Outcome::Deferred { .. } => again(),
        Outcome::Unknown { .. }
            if !patience_ends
                && audience == Audience::Staff
                && settings.repeat_unknown == RepeatUnknown::Staff =>
        {
            again()
        }
        Outcome::Unknown { reason } => Verdict::Fared(Fate::Unknown { reason: reason.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Fault, Phase, Reason};

    fn settings() -> Settings {
        Settings { attempts_max: 3, ..Settings::default() }
    }

    fn deferred() -> Outcome {
        Outcome::Deferred { reason: Reason::own(Phase::Recipient, "greylisted"), fault: Fault::Mail }
    }

    fn unknown() -> Outcome {
        Outcome::Unknown { reason: Reason::own(Phase::Reply, "silence") }
    }

    #[test]
    fn a_mail_put_off_is_tried_again_until_the_attempts_are_used_up() {
        let of = |attempt| verdict(&deferred(), attempt, Audience::Victim, &settings(), 1.0);
        let again = |seconds| Verdict::Again(Duration::from_secs(seconds));
        assert_eq!((of(1), of(2)), (again(60), again(120)));
        let Verdict::Fared(Fate::Refused { reason }) = of(3) else { panic!("{:?}", of(3)) };
        assert_eq!(reason, "given up after 3 attempts, at RCPT TO: greylisted");
    }

    #[test]
    fn a_mail_tried_again_by_hand_is_given_the_same_patience() {
        let of = |attempt| verdict(&deferred(), attempt, Audience::Victim, &settings(), 1.0);
        assert_eq!((of(4), of(5)), (of(1), of(2)));
        assert!(matches!(of(6), Verdict::Fared(Fate::Refused { .. })));
    }

    #[test]
    fn only_the_units_own_people_may_get_a_second_copy() {
        let of = |audience| verdict(&unknown(), 1, audience, &settings(), 1.0);
        assert!(matches!(of(Audience::Staff), Verdict::Again(_)));
        for audience in [Audience::Victim, Audience::Witness, Audience::OfficerInCase, Audience::Agency] {
            assert!(matches!(of(audience), Verdict::Fared(Fate::Unknown { .. })), "{audience}");
        }
        let never = Settings { repeat_unknown: RepeatUnknown::Never, ..settings() };
        let of = verdict(&unknown(), 1, Audience::Staff, &never, 1.0);
        assert!(matches!(of, Verdict::Fared(Fate::Unknown { .. })));
    }
}
