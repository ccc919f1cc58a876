//! Absences as pages ask for them and tell them: from a day, up to and with a last day, or with no end known.

use crate::domain::london;
use crate::grpc::pb::{self, AbsenceKind};
use crate::web::board::People;
use crate::web::clocks;
use crate::web::form::{Faults, Input, Posted};
use crate::web::words;
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

/// How long before an absence whoever gives work to somebody is told of it.
const SOON: TimeDelta = TimeDelta::days(14);

/// All kinds: word of the form, kind.
const KINDS: [(&str, AbsenceKind); 4] = [
    ("sickness", AbsenceKind::Sickness),
    ("leave", AbsenceKind::Leave),
    ("training", AbsenceKind::Training),
    ("court", AbsenceKind::Court),
];

/// The inputs of an absence. Left as they are they say: ill, from now on, with no end known.
#[must_use]
pub(in crate::web::pages) fn inputs(posted: &Posted, faults: &Faults) -> Markup {
    let kinds: Vec<(String, String)> = KINDS
        .iter()
        .map(|(word, kind)| ((*word).to_owned(), words::absence_kind(*kind).to_owned()))
        .collect();
    html! {
        (Input::new("kind", "Why").required().select("", &kinds, posted, faults))
        (Input::new("from", "From").hint("From now on where left empty").line("date", posted, faults))
        (Input::new("until", "Last day away").hint("No end known where left empty").line("date", posted, faults))
    }
}

/// The absence of `staff` that is filled in.
///
/// # Errors
/// What cannot be read, beside its input.
pub(in crate::web::pages) fn read(
    posted: &Posted,
    staff: &str,
    now: DateTime<Utc>,
) -> Result<pb::Absence, Faults> {
    let mut faults = Faults::none();
    let kind = KINDS.iter().find(|(word, _)| *word == posted.get("kind"));
    if kind.is_none() {
        faults.field("kind", "Choose why");
    }
    let mut day = |name: &str| match posted.get(name) {
        "" => None,
        text => {
            let day = clocks::day(text);
            if day.is_none() {
                faults.field(name, "Enter a day");
            }
            day
        }
    };
    let (from, until) = (day("from"), day("until"));
    let begins = from.unwrap_or_else(|| london::date(now));
    if until.is_some_and(|until| until < begins) {
        faults.field("until", "The last day away must not lie before the first");
    }
    let (Some((_, kind)), true) = (kind, faults.is_none()) else { return Err(faults) };
    Ok(pb::Absence {
        id: String::new(),
        staff_id: staff.to_owned(),
        kind: *kind as i32,
        starts_at: Some(clocks::timestamp(from.map_or(now, london::start_of_day))),
        ends_at: until
            .and_then(|until| until.succ_opt())
            .map(|back| clocks::timestamp(london::start_of_day(back))),
    })
}

/// The input that a field of an absence is filled in by.
#[must_use]
pub(in crate::web::pages) fn input_of(path: &str) -> Option<String> {
    let input = match path.rsplit('.').next().unwrap_or(path) {
        "staff_id" => "staff",
        "kind" => "kind",
        "starts_at" => "from",
        "ends_at" => "until",
        _ => return None,
    };
    Some(input.to_owned())
}

/// When it is: "since Mon 23 Nov, no end known", "Tue 24 Nov to Fri 27 Nov".
#[must_use]
pub(in crate::web::pages) fn period(absence: &pb::Absence, now: DateTime<Utc>) -> String {
    let starts = clocks::instant_if(absence.starts_at.as_ref());
    let from = starts.map_or_else(String::new, |at| clocks::near_day(london::date(at), now));
    if was_called_off(absence) {
        return format!("{from}, called off");
    }
    match clocks::instant_if(absence.ends_at.as_ref()) {
        None if starts.is_some_and(|at| at <= now) => format!("since {from}, no end known"),
        None => format!("from {from}, no end known"),
        // They are back in the course of that day.
        Some(ends) if london::start_of_day(london::date(ends)) != ends => {
            format!("{from} until {}", clocks::near(ends, now))
        }
        Some(ends) => {
            let last = london::date(ends).pred_opt().unwrap_or(london::date(ends));
            if starts.is_some_and(|at| london::date(at) == last) {
                from
            } else {
                format!("{from} to {}", clocks::near_day(last, now))
            }
        }
    }
}

/// Whether it ended as it began: it was called off before, and nobody was away.
#[must_use]
pub(super) fn was_called_off(absence: &pb::Absence) -> bool {
    absence.starts_at.is_some() && absence.starts_at == absence.ends_at
}

/// Whether it is over.
#[must_use]
pub(in crate::web::pages) fn is_over(absence: &pb::Absence, now: DateTime<Utc>) -> bool {
    clocks::instant_if(absence.ends_at.as_ref()).is_some_and(|ends| ends <= now)
}

/// The absence of a member of staff that goes on now; the one that ends last where there are several.
fn present<'a>(people: &'a People, staff: &str, now: DateTime<Utc>) -> Option<&'a pb::Absence> {
    let ends = |absence: &pb::Absence| clocks::instant_if(absence.ends_at.as_ref());
    let goes_on = |absence: &&pb::Absence| {
        absence.staff_id == staff
            && clocks::instant_if(absence.starts_at.as_ref()).is_some_and(|at| at <= now)
            && !is_over(absence, now)
    };
    let of = people.absences.iter().filter(goes_on);
    of.max_by_key(|absence| ends(absence).unwrap_or(DateTime::<Utc>::MAX_UTC))
}

/// That somebody is away now, and until when they are: "away until Wed 25 Nov", "away, no end known".
#[must_use]
pub(in crate::web::pages) fn away(people: &People, staff: &str, now: DateTime<Utc>) -> Option<String> {
    let absence = present(people, staff, now)?;
    Some(match clocks::instant_if(absence.ends_at.as_ref()) {
        Some(ends) => format!("away until {}", clocks::short_day(london::date(ends), now)),
        None => "away, no end known".to_owned(),
    })
}

/// From when on somebody will be away, where that is soon.
fn leaving(people: &People, staff: &str, now: DateTime<Utc>) -> Option<String> {
    let starts = people
        .absences
        .iter()
        .filter(|absence| absence.staff_id == staff && !was_called_off(absence))
        .filter_map(|absence| clocks::instant_if(absence.starts_at.as_ref()))
        .filter(|at| *at > now && *at - now < SOON)
        .min()?;
    Some(format!("away from {}", clocks::short_day(london::date(starts), now)))
}

/// A member of staff's name, marked where they are away now or soon.
#[must_use]
pub(in crate::web::pages) fn named(people: &People, staff: &str, now: DateTime<Utc>) -> String {
    let name = people.name(staff);
    let away = away(people, staff, now).or_else(|| leaving(people, staff, now));
    away.map_or_else(|| name.to_owned(), |away| format!("{name} ({away})"))
}

/// Those who are in the unit, to be chosen from, with a mark on those who are away now or soon.
#[must_use]
pub(in crate::web::pages) fn staff_options(people: &People, now: DateTime<Utc>) -> Vec<(String, String)> {
    people.present().map(|staff| (staff.id.clone(), named(people, &staff.id, now))).collect()
}

/// What is said beside work that would go to somebody: nothing where they are there.
#[must_use]
pub(in crate::web::pages) fn note(people: &People, staff: &str, now: DateTime<Utc>) -> Markup {
    let away = present(people, staff, now);
    html! {
        @if let Some(absence) = away {
            " "
            strong.tag.warn {
                @match clocks::instant_if(absence.ends_at.as_ref()) {
                    Some(ends) => { "is away until " (clocks::short_day(london::date(ends), now)) ", sees it then" }
                    None => "is away with no end known, sees it once back",
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        london::parse("2026-11-23T08:40").unwrap()
    }

    #[test]
    fn one_press_says_ill_from_now_on_with_no_end_known() {
        let absence = read(&Posted::parse("kind=sickness&from=&until="), "s", now()).unwrap();
        assert_eq!(absence.starts_at, Some(clocks::timestamp(now())));
        assert_eq!(period(&absence, now()), "since today, no end known");
    }

    #[test]
    fn the_last_day_away_is_a_day_away() {
        let absence =
            read(&Posted::parse("kind=leave&from=2026-12-01&until=2026-12-04"), "s", now()).unwrap();
        assert_eq!(absence.ends_at, Some(clocks::timestamp(london::parse("2026-12-05T00:00").unwrap())));
        assert_eq!(period(&absence, now()), "Tue 1 Dec to Fri 4 Dec");
        assert!(!is_over(&absence, now()));
        let by_noon = pb::Absence {
            ends_at: Some(clocks::timestamp(london::parse("2026-12-04T12:00").unwrap())),
            ..absence.clone()
        };
        assert_eq!(period(&by_noon, now()), "Tue 1 Dec until Fri 4 Dec 12:00");
        let called_off = pb::Absence { ends_at: absence.starts_at, ..absence };
        assert_eq!(period(&called_off, now()), "Tue 1 Dec, called off");
    }

    #[test]
    fn whoever_is_away_is_marked_and_so_is_whoever_will_be_soon() {
        let at = |text: &str| Some(clocks::timestamp(london::parse(text).unwrap()));
        let staff = |id: &str| pb::Staff { id: id.into(), name: id.to_uppercase(), ..pb::Staff::default() };
        let absence = |staff: &str, from: &str, until: Option<&str>| pb::Absence {
            staff_id: staff.into(),
            starts_at: at(from),
            ends_at: until.and_then(at),
            ..pb::Absence::default()
        };
        let people = People {
            staff: vec![staff("a"), staff("b"), staff("c"), staff("d")],
            absences: vec![
                absence("a", "2026-11-23T08:00", Some("2026-11-25T00:00")),
                absence("b", "2026-11-24T00:00", None),
                absence("c", "2026-11-20T00:00", None),
                absence("d", "2026-12-21T00:00", None),
            ],
            ..People::default()
        };
        let labels: Vec<String> = staff_options(&people, now()).into_iter().map(|(_, label)| label).collect();
        assert_eq!(
            labels,
            ["A (away until Wed 25 Nov)", "B (away from Tue 24 Nov)", "C (away, no end known)", "D"]
        );
        assert!(note(&people, "a", now()).into_string().contains("is away until Wed 25 Nov, sees it then"));
        assert!(note(&people, "b", now()).into_string().is_empty());
    }

    #[test]
    fn an_absence_that_ends_before_it_begins_is_told_beside_its_last_day() {
        let posted = Posted::parse("kind=leave&from=2026-12-04&until=2026-12-01");
        assert!(read(&posted, "s", now()).unwrap_err().is_about("until"));
        assert!(read(&Posted::parse("kind=tea"), "s", now()).unwrap_err().is_about("kind"));
    }
}
