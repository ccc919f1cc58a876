//! Who is told what and who is not, and what no view ever holds.

use super::example::*;
use super::*;
use crate::domain::court::{Line, ResultLine};
use crate::domain::ids::{DefendantId, OffenceId};
use crate::domain::message::Recipient;
use crate::domain::person::{Channel, Role};
use crate::domain::words::{Word, parse};
use crate::rules::outcomes::{Codes, Meaning, Outcomes};
use proptest::prelude::*;

mod audiences;

fn seen(example: &Example, audience: Audience, to: Recipient) -> Result<serde_json::Value, Unviewable> {
    let view = example.subject(to, |subject| view(audience, subject))?;
    Ok(serde_json::to_value(view).unwrap())
}

/// Whom each audience's message goes to in the example.
fn recipients() -> Vec<(Audience, Recipient)> {
    vec![
        (Audience::OfficerInCase, to(OFFICER)),
        (Audience::ResourceTeam, Recipient::Directory(resource_team())),
        (Audience::PoliceWitness, to(CONSTABLE)),
        (Audience::Adviser, to(ADVISER)),
        (Audience::Adviser, to(FAMILY_LIAISON)),
        (Audience::Agency, Recipient::Directory(witness_service())),
        (Audience::Court, Recipient::Directory(court())),
        (Audience::Cps, Recipient::Directory(cps())),
        (Audience::Victim, to(FIRST_VICTIM)),
        (Audience::Victim, to(SECOND_VICTIM)),
        (Audience::Victim, to(PARENT)),
        (Audience::Witness, to(WITNESS)),
        (Audience::Staff, Recipient::Staff(team_leader())),
    ]
}

/// A case about which every audience has something to be told.
fn about_everybody() -> Example {
    let mut example = example();
    example.participants = (1..=9).map(participant_id).collect();
    example
}

#[test]
fn two_victims_of_two_defendants_each_hear_only_what_concerns_them() {
    for (victim, own, others) in [
        (FIRST_VICTIM, "Warrant issued", "Guilty verdict"),
        (SECOND_VICTIM, "Guilty verdict", "Warrant issued"),
    ] {
        let shown = seen(&example(), Audience::Victim, to(victim)).unwrap().to_string();
        assert!(shown.contains(own) && !shown.contains(others), "{shown}");
    }
}

#[test]
fn a_hearing_of_somebody_else_s_defendant_is_not_shown() {
    let shown = seen(&example(), Audience::Victim, to(SECOND_VICTIM)).unwrap();
    assert_eq!(shown["hearing"], serde_json::Value::Null);
}

#[test]
fn whoever_must_attend_a_hearing_sees_it_whatever_they_are_linked_to() {
    let mut example = example();
    example.participant(WITNESS).offences.clear();
    let shown = seen(&example, Audience::Witness, to(WITNESS)).unwrap();
    assert_eq!(shown["hearing"]["court"], "Exampleton Crown Court");
    assert_eq!(shown["outcomes"], serde_json::json!([]));
}

#[test]
fn a_child_is_written_to_through_their_parent() {
    let mut example = example();
    example.participant(FIRST_VICTIM).contact_via = Some(participant_id(PARENT));
    let shown = seen(&example, Audience::Victim, to(FIRST_VICTIM)).unwrap();
    assert_eq!(shown["recipient"]["name"], "Ivy Lovell");
    assert_eq!(shown["on_behalf_of"]["initials"], "A.L.");
}

#[test]
fn a_trial_that_was_taken_out_was_on_its_last_date() {
    let mut example = example();
    let hearing = example.hearing.as_mut().unwrap();
    hearing.state = crate::domain::hearing::HearingState::Vacated;
    let shown = seen(&example, Audience::PoliceWitness, to(CONSTABLE)).unwrap();
    assert_eq!(shown["hearing"]["was"]["at"], "2027-03-29T09:00:00Z");
}

type Change = fn(&mut Example);

#[test]
fn whoever_may_not_be_told_is_told_nothing_and_staff_are_told_why() {
    let table: [(&str, Audience, u128, Change); 12] = [
        ("no-consent", Audience::Adviser, ADVISER, |e| e.participant(ADVISER).consent = None),
        ("consent-not-in-force", Audience::Adviser, ADVISER, |e| {
            e.participant(ADVISER).consent.as_mut().unwrap().until = Some(now());
        }),
        ("supports-nobody", Audience::Adviser, ADVISER, |e| e.participant(ADVISER).supports.clear()),
        ("supports-nobody", Audience::Adviser, ADVISER, |e| {
            e.participants = vec![participant_id(SECOND_VICTIM)]
        }),
        ("nothing-concerns", Audience::Adviser, ADVISER, |e| {
            e.lines = vec![line(2, "GUILTY")];
            e.hearing = None;
        }),
        ("nothing-concerns", Audience::Victim, FIRST_VICTIM, |e| {
            e.lines = vec![line(2, "GUILTY")];
            e.hearing = None;
        }),
        ("unlinked", Audience::Victim, FIRST_VICTIM, |e| e.participant(FIRST_VICTIM).offences.clear()),
        ("left", Audience::Victim, FIRST_VICTIM, |e| e.participant(FIRST_VICTIM).left_at = Some(now())),
        ("wrong-recipient", Audience::Victim, WITNESS, |_| ()),
        ("wrong-recipient", Audience::OfficerInCase, FIRST_VICTIM, |_| ()),
        ("unknown-recipient", Audience::Victim, 99, |_| ()),
        ("no-hearing", Audience::PoliceWitness, CONSTABLE, |e| e.hearing = None),
    ];
    for (reason, audience, recipient, change) in table {
        let mut example = example();
        change(&mut example);
        let refused = seen(&example, audience, to(recipient)).unwrap_err();
        assert_eq!(refused.word(), reason, "{audience} {recipient}");
        let told = format!("{refused} {refused:?}");
        assert!(!["Ada", "Lovell", "Quill"].iter().any(|name| told.contains(name)), "{told}");
    }
}

#[test]
fn a_roster_form_never_names_a_number_that_is_not_held() {
    let mut example = about_everybody();
    example.participant(SERGEANT).witness_number = None;
    let refused = seen(&example, Audience::ResourceTeam, Recipient::Directory(resource_team())).unwrap_err();
    assert_eq!(refused, Unviewable::NoNumber(participant_id(SERGEANT)));
}

#[test]
fn another_team_s_officers_are_not_on_the_form() {
    let mut example = about_everybody();
    example.participant(SERGEANT).resource_team = None;
    let shown = seen(&example, Audience::ResourceTeam, Recipient::Directory(resource_team())).unwrap();
    assert_eq!(
        shown["witnesses"],
        serde_json::json!([{ "number": "collar 4321", "phase": "day 2, morning" }])
    );
}

#[test]
fn every_audience_has_its_view_and_none_holds_free_text_an_address_or_an_offence_title() {
    let example = about_everybody();
    let mut audiences: Vec<Audience> = Vec::new();
    for (audience, recipient) in recipients() {
        let shown = seen(&example, audience, recipient).unwrap().to_string();
        for private in ["PRIVATE", "ZZ1 1ZZ", "Wounding", "Theft", "1990", "@example.org"] {
            assert!(!shown.contains(private), "{audience} holds {private}: {shown}");
        }
        audiences.push(audience);
    }
    // A referral is about one person, and says who they are: that is what it is for.
    audiences.push(Audience::Referral);
    assert!(Audience::WORDS.iter().all(|word| audiences.contains(&parse(word).unwrap())));
}

#[test]
fn a_referral_names_one_person_and_how_they_may_safely_be_reached_and_tells_no_outcome() {
    let mut example = example();
    example.participants = vec![participant_id(WITNESS)];
    example.person(WITNESS).unsafe_channels = vec![Channel::Phone];
    let shown = seen(&example, Audience::Referral, Recipient::Directory(witness_service())).unwrap();
    assert_eq!(shown["person"]["name"], "Cai Norwood");
    assert_eq!(shown["person"]["phones"], serde_json::json!([]), "ringing them is unsafe");
    assert_eq!(shown["person"]["never_by"], serde_json::json!(["phone"]));
    let shown = shown.to_string();
    for other in ["Warrant issued", "Guilty verdict", "Wounding", "Theft", "Lovell", "PRIVATE-word"] {
        assert!(!shown.contains(other), "{other}: {shown}");
    }
}

#[test]
fn a_referral_of_nobody_in_particular_is_not_written() {
    let refused = seen(&about_everybody(), Audience::Referral, Recipient::Directory(witness_service()));
    assert_eq!(refused.unwrap_err().word(), "unknown-recipient");
}

#[test]
fn only_staff_see_anybody_else_s_name() {
    let example = about_everybody();
    let names =
        ["Lovell", "Marsden", "Norwood", "Oakes", "Pryor", "Quill", "Rook", "Stott", "Villain", "Rascal"];
    for (audience, recipient) in recipients().into_iter().filter(|(audience, _)| *audience != Audience::Staff)
    {
        let mut shown = seen(&example, audience, recipient).unwrap();
        shown.as_object_mut().unwrap().remove("recipient");
        let shown = shown.to_string();
        assert!(!names.iter().any(|name| shown.contains(name)), "{audience}: {shown}");
    }
}

#[test]
fn debug_shows_no_view() {
    let example = example();
    let view = example.subject(to(FIRST_VICTIM), |subject| view(Audience::Victim, subject)).unwrap();
    assert_eq!(format!("{view:?}"), "View(victim)");
}

/// A case of generated links, in which every line's outcome has a title of its own.
fn linked(
    offences: &[u8],
    defendants: &[u8],
    lines: &[(Option<u8>, Option<u8>)],
) -> (Example, Vec<(String, ResultLine)>) {
    let mut example = example();
    let mut titles = Vec::new();
    let mut meanings = Vec::new();
    example.lines = Vec::new();
    for (nth, (defendant, offence)) in lines.iter().enumerate() {
        let code = format!("CODE{nth}");
        let title = format!("Outcome-{nth}-");
        let meaning = Meaning {
            word: code.clone(),
            title: title.clone(),
            is_final: false,
            told: true,
            topic: crate::rules::outcomes::Topic::Outcome,
        };
        meanings.push((meaning, Codes { short: vec![code.clone()], ..Codes::default() }));
        let defendant = defendant.map(|n| defendant_id(u128::from(n)));
        let standing = line_of(defendant, offence.map(|n| offence_id(u128::from(n))), &code);
        assert_eq!(standing.line.line, Line::Judicial);
        titles.push((title, standing.line.clone()));
        example.lines.push(standing);
    }
    example.outcomes = Outcomes::new(meanings);
    for n in [FIRST_VICTIM, WITNESS] {
        let participant = example.participant(n);
        participant.offences =
            offences.iter().map(|n| offence_id(u128::from(*n))).collect::<Vec<OffenceId>>();
        participant.defendants =
            defendants.iter().map(|n| defendant_id(u128::from(*n))).collect::<Vec<DefendantId>>();
    }
    (example, titles)
}

proptest! {
    #[test]
    fn a_line_that_does_not_concern_somebody_never_reaches_them(
        offences in prop::collection::vec(0u8..4, 0..3),
        defendants in prop::collection::vec(0u8..4, 0..2),
        lines in prop::collection::vec((prop::option::of(0u8..4), prop::option::of(0u8..4)), 0..6),
    ) {
        let (example, titles) = linked(&offences, &defendants, &lines);
        let victim = example.state.participant(participant_id(FIRST_VICTIM)).unwrap();
        let offences_of = |id| example.state.record.offences_of(id);
        for (audience, recipient) in [
            (Audience::Victim, to(FIRST_VICTIM)),
            (Audience::Victim, to(PARENT)),
            (Audience::Adviser, to(ADVISER)),
            (Audience::Witness, to(WITNESS)),
        ] {
            let shown = seen(&example, audience, recipient).map(|shown| shown.to_string()).unwrap_or_default();
            for (title, line) in &titles {
                let concerns = victim.concerns(line, offences_of);
                prop_assert_eq!(shown.contains(title.as_str()), concerns, "{} {}", audience, title);
            }
        }
    }

    #[test]
    fn what_a_court_writes_freely_reaches_nobody(text in "[a-z]{12,20}") {
        let mut example = about_everybody();
        let record = example.state.record.change();
        for defendant in &mut record.defendants {
            defendant.bail_conditions = Some(text.clone());
        }
        for standing in &mut example.lines {
            standing.line.text = Some(text.clone());
            standing.line.label = text.clone();
        }
        example.hearing.as_mut().unwrap().hearing_type = text.clone();
        for (audience, recipient) in recipients() {
            let shown = seen(&example, audience, recipient).unwrap().to_string();
            prop_assert!(!shown.contains(&text), "{}", audience);
        }
    }
}

#[test]
fn a_person_with_two_parts_is_told_for_both() {
    let mut example = example();
    let parent = example.participant(PARENT);
    parent.roles.push(Role::Victim);
    parent.offences = vec![offence_id(2)];
    let shown = seen(&example, Audience::Victim, to(PARENT)).unwrap().to_string();
    assert!(shown.contains("Warrant issued") && shown.contains("Guilty verdict"), "{shown}");
}
