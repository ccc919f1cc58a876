//! What holds of any body and any share.

use super::invented::{at, case, day, next, northgate, plea, result, reversed, share};
use crate::domain::court::{CaseShare, Category, Line, Prompt, ResultLine, Share, TrialOutcome};
use crate::domain::hearing::When;
use crate::intake::common_platform::compose;
use crate::intake::{Hints, read};
use proptest::prelude::*;
use serde_json::Value;

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        (1_u32..28, 8_u32..17).prop_map(|(on, hour)| When::At(at(on, hour))),
        (0_u32..4).prop_map(|week| When::Week(day(2 + 7 * week))),
        Just(When::Unfixed),
    ]
}

prop_compose! {
    fn judicial(name: &'static str)(
        code in "[A-Z]{2,8}", with_offence: bool, urgent: bool, terminates: bool,
        cjs in prop::option::of("[0-9]{4}"), text in prop::option::of("[A-Z][a-z]{1,9} [a-z]{1,9}"),
        qualifiers in prop::collection::vec("[A-Z]{2}", 0..3),
        prompts in prop::collection::vec(("[a-z]{3,8}", "[a-z]{1,8}"), 0..3),
        category in prop::option::of(prop::sample::select(
            vec![Category::Final, Category::Interim, Category::Ancillary])),
    ) -> ResultLine {
        let line = result(name, &code, cjs.as_deref(), "Some result");
        let prompt = |(reference, value): (String, String)| Prompt { label: reference.clone(), reference, value };
        ResultLine {
            offence: line.offence.filter(|_| with_offence),
            prompts: prompts.into_iter().map(prompt).collect(),
            qualifiers, text, category, urgent, terminates, ..line
        }
    }
}

prop_compose! {
    fn a_case(name: &'static str)(
        mut lines in prop::collection::vec(judicial(name), 1..6), order in prop::option::of(when()),
        guilty in prop::option::of(any::<bool>()), markers in prop::collection::vec("[A-Z][a-z]{3,8}", 0..3),
        amended: bool,
    ) -> CaseShare {
        lines.extend(order.map(|when| next(name, "Trial", when)));
        lines.extend(guilty.map(|guilty| match guilty {
            true => plea(name, "GUILTY", "Guilty"),
            false => plea(name, "NOT_GUILTY", "Not guilty"),
        }));
        // Lines that undo others say so themselves.
        lines.retain(|line| !matches!(line.cjs_code.as_deref(), Some("4583" | "4584")));
        lines.retain(|line| line.short_code.as_deref() != Some("ERR"));
        CaseShare { lines, markers, amended, ..case(name) }
    }
}

prop_compose! {
    fn a_share()(
        one in a_case("0000126"), other in prop::option::of(a_case("0000226")), effective: Option<bool>,
    ) -> Share {
        let mut cases: Vec<CaseShare> = std::iter::once(one).chain(other).collect();
        if let Some(effective) = effective {
            let (trial, label) = match effective {
                true => (TrialOutcome::Effective, "Effective trial"),
                false => (TrialOutcome::Cracked, "Invented reason"),
            };
            let line = ResultLine {
                trial: Some(trial), short_code: Some(trial.to_string()), label: label.into(),
                ..ResultLine::blank(Line::Trial)
            };
            cases.iter_mut().for_each(|case| case.lines.push(line.clone()));
        }
        Share { cases, court: northgate(), ..share("Trial") }.canonical()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_was_composed_is_read_back(share in a_share()) {
        let read = read(&compose(&share), &Hints::default()).unwrap();
        prop_assert_eq!(read.share(), Some(&share));
        prop_assert_eq!(read.remarks, vec![]);
    }

    #[test]
    fn the_order_in_which_things_are_written_does_not_matter(share in a_share()) {
        let body: Value = serde_json::from_slice(&compose(&share)).unwrap();
        let read = read(reversed(&body).to_string().as_bytes(), &Hints::default()).unwrap();
        prop_assert_eq!(read.share(), Some(&share));
    }

    #[test]
    fn no_damaged_body_makes_it_panic(
        share in a_share(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut body = compose(&share);
        for (place, byte) in damage {
            let place = place.index(body.len());
            body[place] = byte;
        }
        for body in [&body[..], &body[..cut.index(body.len())]] {
            if let Err(unusable) = read(body, &Hints::default()) {
                let message = unusable.to_string();
                prop_assert!(!message.contains("Invented") && !message.contains("Percival"), "{}", message);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body, &Hints::default());
    }

    #[test]
    fn no_odd_value_makes_it_panic(share in a_share(), place in any::<prop::sample::Index>(), odd in 0_usize..9) {
        let mut body: Value = serde_json::from_slice(&compose(&share)).unwrap();
        let odd = [
            Value::Null, true.into(), (-1).into(), 1e300.into(), "".into(), "é".into(),
            "9999-12-31T23:59:59.999+14:00".into(), "2026-02-30".into(), Value::Array(vec![Value::Null]),
        ][odd].clone();
        let count = leaves(&mut body, &mut |_| {});
        let chosen = place.index(count);
        let mut nth = 0;
        leaves(&mut body, &mut |leaf| {
            if nth == chosen {
                *leaf = odd.clone();
            }
            nth += 1;
        });
        let _ = read(body.to_string().as_bytes(), &Hints::default());
    }
}

/// Visits every value that holds no other; gives how many there are.
fn leaves(value: &mut Value, visit: &mut impl FnMut(&mut Value)) -> usize {
    match value {
        Value::Array(items) => items.iter_mut().map(|item| leaves(item, visit)).sum(),
        Value::Object(fields) => fields.values_mut().map(|item| leaves(item, visit)).sum(),
        leaf => {
            visit(leaf);
            1
        }
    }
}
