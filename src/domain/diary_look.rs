//! How an entry of the diary looks: a colour, and beside it a sign and words, so that colour is never the only sign.
//!
//! | colour | means |
//! | --- | --- |
//! | grey ○ | listed, nobody warned; over ✓; struck out ╱: taken out, cracked or moved |
//! | amber ◐ | warning is in progress |
//! | green ● | everybody who is wanted has confirmed, or came |
//! | red ! | a problem: somebody has not confirmed five working days before, or did not come; not heard; two hearings in one |
//! | blue ? | its result is awaited |
//! | black ■ | no date: a warrant, a retrial to be decided, a date to be fixed |
//!
//! A purple stripe on top says that somebody with Enhanced Rights is in the case.

use super::diary::{DiaryEntry, DiaryState, HEARING};
use super::hearing::{AttendanceState, When};
use crate::words;

/// From how many working days before a hearing somebody who has not confirmed is a problem.
pub const CONFIRMED_BY: i64 = 5;

words! {
    /// The colour of a diary entry.
    pub enum Colour as "diary colour" {
        /// Listed, nobody warned; over; or struck out.
        Grey = "grey",
        /// Warning is in progress.
        Amber = "amber",
        /// Everybody who is wanted has confirmed.
        Green = "green",
        /// A problem.
        Red = "red",
        /// Its result is awaited.
        Blue = "blue",
        /// No date.
        Black = "black",
    }
}

/// How an entry looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Its colour.
    pub colour: Colour,
    /// The sign beside it.
    pub sign: &'static str,
    /// What both mean, in words that name nobody.
    pub words: String,
    /// Whether it is struck out, in stripes: it will not be heard then.
    pub struck_out: bool,
}

impl Look {
    fn new(colour: Colour, sign: &'static str, words: impl Into<String>) -> Self {
        Self { colour, sign, words: words.into(), struck_out: false }
    }

    fn struck_out(words: &str) -> Self {
        Self { struck_out: true, ..Self::new(Colour::Grey, "╱", words) }
    }

    /// How `entry` looks where these are the attendances at its hearing's present listing, and its day is so many working
    /// days away; none where that cannot be counted. `ambiguous` is a hearing that could be another's.
    #[must_use]
    pub fn of(
        entry: &DiaryEntry,
        ambiguous: bool,
        attendances: &[AttendanceState],
        days_to_go: Option<i64>,
    ) -> Self {
        match entry.state {
            DiaryState::AwaitingResult => Self::new(Colour::Blue, "?", "result awaited"),
            DiaryState::Warrant => Self::new(Colour::Black, "■", "warrant, no date"),
            DiaryState::RetrialPending => Self::new(Colour::Black, "■", "retrial to be decided, no date"),
            DiaryState::Ineffective => Self::new(Colour::Red, "!", "ineffective"),
            DiaryState::Cracked => Self::struck_out("cracked"),
            DiaryState::Vacated => Self::struck_out("taken out"),
            DiaryState::Moved => Self::struck_out("moved"),
            DiaryState::Closed => Self::new(Colour::Grey, "✓", "over"),
            DiaryState::Listed | DiaryState::NotYetWarned if entry.when == When::Unfixed => {
                Self::new(Colour::Black, "■", "no date")
            }
            DiaryState::Listed | DiaryState::NotYetWarned if entry.kind != HEARING => {
                Self::new(Colour::Grey, "◇", entry.kind.clone())
            }
            DiaryState::Listed | DiaryState::NotYetWarned if ambiguous => {
                Self::new(Colour::Red, "!", "it could be either of two hearings")
            }
            DiaryState::Listed if attendances.is_empty() => Self::new(Colour::Grey, "○", "listed"),
            DiaryState::Listed | DiaryState::NotYetWarned => Self::warning(attendances, days_to_go),
        }
    }

    fn warning(attendances: &[AttendanceState], days_to_go: Option<i64>) -> Self {
        use AttendanceState::{Attended, Confirmed, DeWarned, Failed, Warned};
        let wanted: Vec<&AttendanceState> = attendances.iter().filter(|state| **state != DeWarned).collect();
        let count = |states: &[AttendanceState]| wanted.iter().filter(|state| states.contains(state)).count();
        let (all, failed) = (wanted.len(), count(&[Failed]));
        let (warned, confirmed) = (count(&[Warned, Confirmed, Attended]), count(&[Confirmed, Attended]));
        let soon = days_to_go.is_some_and(|days| (0..=CONFIRMED_BY).contains(&days));
        if failed > 0 {
            Self::new(Colour::Red, "!", format!("{failed} of {all} did not come"))
        } else if all == 0 {
            Self::new(Colour::Grey, "○", "nobody is to be warned yet")
        } else if confirmed == all {
            let all = if all == 1 { "confirmed".to_owned() } else { format!("all {all} confirmed") };
            Self::new(Colour::Green, "●", all)
        } else if soon {
            let days = days_to_go.unwrap_or_default();
            let days = if days == 1 { "1 working day".to_owned() } else { format!("{days} working days") };
            Self::new(Colour::Red, "!", format!("{confirmed} of {all} confirmed, {days} to go"))
        } else if warned > 0 {
            Self::new(Colour::Amber, "◐", format!("{warned} of {all} warned, {confirmed} confirmed"))
        } else {
            Self::new(Colour::Grey, "○", format!("none of {all} warned"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hearing::AttendanceState::{Attended, Confirmed, DeWarned, Failed, Required, Warned};
    use crate::domain::ids::DiaryEntryId;

    fn look(state: DiaryState, attendances: &[AttendanceState], days: Option<i64>) -> String {
        let entry = DiaryEntry {
            id: DiaryEntryId(uuid::Uuid::from_u128(1)),
            key: "hearing/1".into(),
            kind: HEARING.into(),
            hearing: None,
            when: When::Week("2027-01-11".parse().unwrap()),
            state,
            earlier: Vec::new(),
            appointment: None,
            version: 1,
            because: Vec::new(),
        };
        let look = Look::of(&entry, false, attendances, days);
        format!(
            "{} {} {}{}",
            look.colour,
            look.sign,
            look.words,
            if look.struck_out { ", struck out" } else { "" }
        )
    }

    #[test]
    fn a_trial_to_come_shows_how_far_its_witnesses_are() {
        for (attendances, days, wanted) in [
            (vec![], 20, "grey ○ nobody is to be warned yet"),
            (vec![Required, Required], 20, "grey ○ none of 2 warned"),
            (vec![Warned, Required], 20, "amber ◐ 1 of 2 warned, 0 confirmed"),
            (vec![Confirmed, DeWarned, Attended], 20, "green ● all 2 confirmed"),
            (vec![Confirmed, Warned], 6, "amber ◐ 2 of 2 warned, 1 confirmed"),
            (vec![Confirmed, Warned], 5, "red ! 1 of 2 confirmed, 5 working days to go"),
            (vec![Confirmed, Failed], 0, "red ! 1 of 2 did not come"),
            (vec![Required], -3, "grey ○ none of 1 warned"),
        ] {
            assert_eq!(look(DiaryState::NotYetWarned, &attendances, Some(days)), wanted);
        }
    }

    #[test]
    fn a_hearing_to_which_nobody_is_called_is_listed_and_no_more() {
        assert_eq!(look(DiaryState::Listed, &[], Some(20)), "grey ○ listed");
    }

    #[test]
    fn every_other_state_has_a_colour_and_a_sign() {
        for (state, wanted) in [
            (DiaryState::AwaitingResult, "blue ? result awaited"),
            (DiaryState::Warrant, "black ■ warrant, no date"),
            (DiaryState::RetrialPending, "black ■ retrial to be decided, no date"),
            (DiaryState::Ineffective, "red ! ineffective"),
            (DiaryState::Cracked, "grey ╱ cracked, struck out"),
            (DiaryState::Vacated, "grey ╱ taken out, struck out"),
            (DiaryState::Moved, "grey ╱ moved, struck out"),
            (DiaryState::Closed, "grey ✓ over"),
            (DiaryState::Listed, "amber ◐ 1 of 1 warned, 0 confirmed"),
        ] {
            assert_eq!(look(state, &[Warned], None), wanted);
        }
    }
}
