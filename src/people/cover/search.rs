//! The search for a cheap plan.
//!
//! Every piece is given, in turn, to where it costs least; then plans next to this one are tried as long as one is
//! cheaper: a piece goes to somebody else, all pieces of a case go together, two people exchange pieces, or a piece
//! takes the place of another that moves on. What is left is a plan that none of these makes cheaper. That is done
//! from several beginnings, and the cheapest plan is taken. The tests hold the result against every possible plan of
//! small teams.
//!
//! How much is tried is counted in comparisons, not in time: the same question has the same answer on every machine.

use super::bench::Bench;

/// Comparisons after which nothing further is tried; moves of single pieces are always tried to the end.
const COMPARISONS_MAX: u64 = 6_000_000;

/// Who does each piece; none where nobody may and can.
pub(super) type Places = Vec<Option<usize>>;

/// The cheapest plan that is found.
pub(super) fn best(bench: &Bench) -> Places {
    let mut left = COMPARISONS_MAX;
    let all = 0..bench.pieces.len();
    let urgent: Vec<usize> = all.clone().collect();
    let mut scarce = urgent.clone();
    scarce.sort_by_key(|piece| (bench.choices[*piece].len(), *piece));
    let mut long = urgent.clone();
    long.sort_by_key(|piece| (-bench.minutes_of(*piece), *piece));
    let mut found: Option<(i64, Places)> = None;
    for order in [urgent, scarce, long] {
        if found.is_some() && left == 0 {
            break;
        }
        let mut plan = Search::begin(bench, &order, left);
        plan.improve();
        left = plan.left;
        let cost = plan.cost();
        if found.as_ref().is_none_or(|(best, _)| cost < *best) {
            found = Some((cost, plan.places));
        }
    }
    found.map(|(_, places)| places).unwrap_or_default()
}

/// Each piece, in order of urgency, to whoever may and can and has fewest tasks: what is done without a plan.
pub(super) fn fewest_tasks(bench: &Bench) -> Places {
    let mut tasks = bench.tasks.clone();
    let places = bench.choices.iter().map(|choices| {
        let (place, _) = choices.iter().min_by_key(|(place, _)| (tasks[*place], *place))?;
        tasks[*place] += 1;
        Some(*place)
    });
    places.collect()
}

/// What a whole plan costs.
pub(super) fn cost(bench: &Bench, places: &Places) -> i64 {
    Search::of(bench, places.clone(), 0).cost()
}

/// A plan while it is changed.
pub(super) struct Search<'b> {
    bench: &'b Bench,
    pub(super) places: Places,
    /// Cumulative minutes that each has, by day.
    taken: Vec<Vec<i64>>,
    /// What each one's minutes cost.
    loads: Vec<i64>,
    /// How many pieces of each case each has: cases by people.
    spread: Vec<u32>,
    /// Among how many people each case is spread.
    people: Vec<i64>,
    /// What everybody's own work costs.
    before: i64,
    left: u64,
}

impl<'b> Search<'b> {
    /// A plan as it stands.
    pub(super) fn of(bench: &'b Bench, places: Places, left: u64) -> Self {
        let nobody = vec![None; bench.pieces.len()];
        let taken = bench.taken.clone();
        let loads =
            taken.iter().zip(&bench.minutes).map(|(taken, minutes)| bench.weights.load(taken, minutes));
        let loads: Vec<i64> = loads.collect();
        let before = loads.iter().sum();
        let spread = vec![0; bench.cases * bench.staff.len()];
        let people = vec![0; bench.cases];
        let mut plan = Self { bench, places: nobody, taken, loads, spread, people, before, left };
        for (piece, place) in places.into_iter().enumerate() {
            plan.put(piece, place);
        }
        plan
    }

    /// A plan made by giving each piece, in this order, to where it costs least then.
    fn begin(bench: &'b Bench, order: &[usize], left: u64) -> Self {
        let mut plan = Self::of(bench, vec![None; bench.pieces.len()], left);
        for piece in order {
            let cheapest = bench.choices[*piece].iter().map(|(place, _)| *place);
            let cheapest = cheapest.min_by_key(|place| (plan.adding(*piece, *place), *place));
            plan.put(*piece, cheapest);
        }
        plan
    }

    /// What the plan costs, beyond what the same people's own work costs without it.
    pub(super) fn cost(&self) -> i64 {
        let pairings = self.places.iter().enumerate();
        let pairings: i64 = pairings.filter_map(|(piece, place)| self.bench.pairing(piece, (*place)?)).sum();
        let spread = self.people.iter().map(|people| self.bench.weights.spread_case * (people - 1).max(0));
        pairings + spread.sum::<i64>() + self.loads.iter().sum::<i64>() - self.before
    }

    /// Cumulative minutes of work that somebody has, by day.
    pub(super) fn taken(&self, place: usize) -> &[i64] {
        &self.taken[place]
    }

    /// Gives a piece to somebody, or takes it from whoever has it.
    pub(super) fn put(&mut self, piece: usize, to: Option<usize>) {
        let (bound, minutes) = (self.bench.bound[piece], self.bench.minutes_of(piece));
        if let Some(from) = self.places[piece] {
            self.taken[from][bound..].iter_mut().for_each(|taken| *taken -= minutes);
            self.loads[from] = self.bench.weights.load(&self.taken[from], &self.bench.minutes[from]);
            self.share(piece, from, -1);
        }
        if let Some(to) = to {
            self.taken[to][bound..].iter_mut().for_each(|taken| *taken += minutes);
            self.loads[to] = self.bench.weights.load(&self.taken[to], &self.bench.minutes[to]);
            self.share(piece, to, 1);
        }
        self.places[piece] = to;
    }

    fn share(&mut self, piece: usize, place: usize, change: i32) {
        let case = self.bench.case[piece];
        let pieces = &mut self.spread[case * self.bench.staff.len() + place];
        let had = *pieces > 0;
        *pieces = pieces.saturating_add_signed(change);
        self.people[case] += i64::from(*pieces > 0) - i64::from(had);
    }

    /// By how much the plan gets dearer when somebody gets a piece that nobody has.
    pub(super) fn adding(&mut self, piece: usize, place: usize) -> i64 {
        let before = self.loads[place];
        let pairing = self.bench.pairing(piece, place).unwrap_or(0);
        let case = self.bench.case[piece];
        let spreads = self.people[case] > 0 && self.spread[case * self.bench.staff.len() + place] == 0;
        let spread = if spreads { self.bench.weights.spread_case } else { 0 };
        pairing + spread + self.load_with(place, piece, 1) - before
    }

    /// What somebody's minutes would cost with a piece more, or less.
    fn load_with(&mut self, place: usize, piece: usize, sign: i64) -> i64 {
        let (bound, minutes) = (self.bench.bound[piece], sign * self.bench.minutes_of(piece));
        self.left = self.left.saturating_sub(1);
        self.taken[place][bound..].iter_mut().for_each(|taken| *taken += minutes);
        let load = self.bench.weights.load(&self.taken[place], &self.bench.minutes[place]);
        self.taken[place][bound..].iter_mut().for_each(|taken| *taken -= minutes);
        load
    }

    /// Improves the plan until nothing that is tried makes it cheaper.
    fn improve(&mut self) {
        loop {
            if self.move_pieces() || self.move_cases() {
                continue;
            }
            if self.left == 0 || !(self.exchange() || self.make_way()) {
                return;
            }
        }
    }

    /// Moves single pieces to where they cost least; gives whether any moved.
    fn move_pieces(&mut self) -> bool {
        let bench = self.bench;
        let mut moved = false;
        for piece in 0..bench.pieces.len() {
            let Some(from) = self.places[piece] else { continue };
            self.put(piece, None);
            let here = self.adding(piece, from);
            let mut cheapest = (here, from);
            for (place, _) in &bench.choices[piece] {
                let cost = self.adding(piece, *place);
                if cost < cheapest.0 {
                    cheapest = (cost, *place);
                }
            }
            self.put(piece, Some(cheapest.1));
            moved |= cheapest.1 != from;
        }
        moved
    }

    /// Moves what one person has of a case to another, all of it; gives whether any moved.
    fn move_cases(&mut self) -> bool {
        let bench = self.bench;
        let mut moved = false;
        let mut groups: std::collections::BTreeMap<(usize, usize), Vec<usize>> =
            std::collections::BTreeMap::new();
        for (piece, place) in self.places.iter().enumerate() {
            if let Some(place) = place {
                groups.entry((bench.case[piece], *place)).or_default().push(piece);
            }
        }
        for ((_, from), pieces) in groups.into_iter().filter(|(_, pieces)| pieces.len() > 1) {
            let before = self.cost_around(&pieces);
            let mut cheapest = (before, from);
            for (to, _) in &bench.choices[pieces[0]] {
                if *to == from || pieces.iter().any(|piece| bench.pairing(*piece, *to).is_none()) {
                    continue;
                }
                pieces.iter().for_each(|piece| self.put(*piece, Some(*to)));
                let cost = self.cost_around(&pieces);
                if cost < cheapest.0 {
                    cheapest = (cost, *to);
                }
            }
            pieces.iter().for_each(|piece| self.put(*piece, Some(cheapest.1)));
            moved |= cheapest.1 != from;
        }
        moved
    }

    /// Everything that depends on where these pieces of one case are.
    fn cost_around(&mut self, pieces: &[usize]) -> i64 {
        self.left = self.left.saturating_sub(1);
        let bench = self.bench;
        let pairing = |piece: &usize| bench.pairing(*piece, self.places[*piece]?);
        let pairings: i64 = pieces.iter().filter_map(pairing).sum();
        let people = pieces.first().map_or(0, |piece| self.people[bench.case[*piece]]);
        pairings + bench.weights.spread_case * people + self.loads.iter().sum::<i64>()
    }

    /// Lets two people exchange pieces; gives whether any did.
    fn exchange(&mut self) -> bool {
        let mut moved = false;
        for first in 0..self.places.len() {
            for second in first + 1..self.places.len() {
                let (Some(a), Some(b)) = (self.places[first], self.places[second]) else { continue };
                if a == b || self.left == 0 {
                    continue;
                }
                moved |= self.try_moves(&[(first, b), (second, a)]);
            }
        }
        moved
    }

    /// Gives a piece to somebody whose own piece goes on to a third; gives whether any did.
    fn make_way(&mut self) -> bool {
        let bench = self.bench;
        let mut moved = false;
        for first in 0..self.places.len() {
            for (b, _) in &bench.choices[first] {
                for second in 0..self.places.len() {
                    if self.places[second] != Some(*b) || self.places[first] == Some(*b) {
                        continue;
                    }
                    for (c, _) in &bench.choices[second] {
                        if self.left == 0 {
                            return moved;
                        }
                        if c != b && self.try_moves(&[(first, *b), (second, *c)]) {
                            moved = true;
                            break;
                        }
                    }
                }
            }
        }
        moved
    }

    /// Makes some moves if they make the plan cheaper together; gives whether they did.
    fn try_moves(&mut self, moves: &[(usize, usize)]) -> bool {
        if moves.iter().any(|(piece, to)| self.bench.pairing(*piece, *to).is_none()) {
            return false;
        }
        let before: Places = moves.iter().map(|(piece, _)| self.places[*piece]).collect();
        // Taking pieces out one after the other and putting them back tells what they cost where they are, and there.
        let mut change = 0;
        for (piece, _) in moves {
            let from = self.places[*piece];
            self.put(*piece, None);
            change -= from.map_or(0, |from| self.adding(*piece, from));
        }
        for (piece, to) in moves {
            change += self.adding(*piece, *to);
            self.put(*piece, Some(*to));
        }
        if change < 0 {
            return true;
        }
        for ((piece, _), from) in moves.iter().zip(before) {
            self.put(*piece, from);
        }
        false
    }
}
