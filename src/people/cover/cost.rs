//! What a plan costs: one number, less is better, so that two plans can be compared and a line can say what another
//! choice would have cost.

/// Minutes in a usual day's work.
const DAY: i64 = 480;

/// What each thing that a plan should avoid counts.
///
/// Work beyond somebody's minutes outweighs everything else together, so that nobody is given more than they have
/// time for while somebody who may and can has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Each minute of work that somebody has no time for, for each instant at which it is still not done.
    pub over: i64,
    /// A piece that goes to somebody who does not know the case.
    pub unknown_case: i64,
    /// A piece that goes to another team.
    pub other_team: i64,
    /// Each further person among whom the pieces of one case are spread.
    pub spread_case: i64,
    /// A day of somebody's time filled, at the instant by which they are fullest: it grows with the square of how full they
    /// are, so that what evens people out costs least.
    pub full: i64,
    /// P1 work that waits until somebody is at work: an hour of it; P2 work counts a twentieth.
    pub waiting_hour: i64,
    /// At most so much for waiting, however long.
    pub waiting_max: i64,
}

impl Weights {
    /// What usher plans by.
    pub const OURS: Self = Self {
        over: 5_000,
        unknown_case: 20,
        other_team: 40,
        spread_case: 30,
        full: 600,
        waiting_hour: 60,
        waiting_max: 400,
    };

    /// What somebody's time costs: `taken` and `minutes` are counted until each instant by which something must be done.
    #[must_use]
    pub(super) fn load(&self, taken: &[i64], minutes: &[i64]) -> i64 {
        let bounds = || taken.iter().zip(minutes).map(|(taken, minutes)| (*taken, *minutes));
        let over: i64 = bounds().map(|(taken, minutes)| (taken - minutes).max(0)).sum();
        // How full somebody is at their fullest. Beyond full, minutes over say enough; the square would only drown what
        // else there is to choose by.
        let full = bounds().map(|(taken, minutes)| {
            let filled = taken.min(minutes);
            self.full * filled * filled / (minutes.max(1) * DAY)
        });
        self.over * over + full.max().unwrap_or(0)
    }
}
