//! Where messages go in the invented case, and every reason for which one goes nowhere.

use super::*;
use crate::domain::person::Channel;
use crate::render::view::example::*;
use chrono::TimeDelta;

type Change = fn(&mut Example);

fn asked(example: &Example, recipient: Recipient, medium: Medium) -> Result<Address, Unaddressed> {
    let test_address = EmailAddress::parse("tests@example.police.uk").unwrap();
    resolve(recipient, &example.state, &example.roster, medium, Some(&test_address), now())
}

fn email(address: &Address) -> &str {
    match &address.to {
        Destination::Email(email) => email.as_str(),
        Destination::Post { .. } => panic!("expected an e-mail address"),
    }
}

#[test]
fn a_message_goes_to_its_recipient() {
    let example = example();
    for (recipient, expected) in [
        (to(WITNESS), "person3@example.org"),
        (to(ADVISER), "person6@example.org"),
        (to(FAMILY_LIAISON), "person8@example.org"),
        (Recipient::Directory(resource_team()), "body1@example.police.uk"),
        (Recipient::Staff(team_leader()), "kit@example.police.uk"),
    ] {
        let address = asked(&example, recipient, Medium::Email).unwrap();
        assert_eq!((email(&address), address.via, address.banner), (expected, None, None));
    }
}

#[test]
fn a_letter_goes_to_the_postal_address() {
    let address = asked(&example(), to(WITNESS), Medium::Letter).unwrap();
    let Destination::Post { name, lines } = address.to else { panic!("expected post") };
    assert_eq!((name.as_str(), lines.last().map(String::as_str)), ("Cai Norwood", Some("ZZ1 1ZZ")));
}

#[test]
fn somebody_reached_through_another_alone_is_never_written_to_directly() {
    let mut example = example();
    example.participant(SECOND_VICTIM).contact_via = Some(participant_id(FAMILY_LIAISON));
    let address = asked(&example, to(SECOND_VICTIM), Medium::Email).unwrap();
    assert_eq!(email(&address), "person8@example.org");
    assert_eq!(address.via, Some(participant_id(FAMILY_LIAISON)));
}

#[test]
fn every_reason_against_an_address_is_found_again_when_the_message_leaves() {
    let table: [(Unaddressed, u128, Medium, Change); 14] = [
        (Unaddressed::Unknown, 99, Medium::Email, |_| ()),
        (Unaddressed::Left, WITNESS, Medium::Email, |e| e.participant(WITNESS).left_at = Some(now())),
        (Unaddressed::NoEmail, WITNESS, Medium::Email, |e| e.person(WITNESS).identity.email = None),
        (Unaddressed::NoEmail, WITNESS, Medium::Form, |e| e.person(WITNESS).identity.email = None),
        (Unaddressed::NoPostalAddress, WITNESS, Medium::Letter, |e| {
            e.person(WITNESS).identity.address.clear()
        }),
        (Unaddressed::Unsafe, WITNESS, Medium::Email, |e| {
            e.person(WITNESS).unsafe_channels = vec![Channel::Email];
        }),
        (Unaddressed::Unsafe, WITNESS, Medium::Letter, |e| {
            e.person(WITNESS).unsafe_channels = vec![Channel::Post];
        }),
        (Unaddressed::Left, SECOND_VICTIM, Medium::Email, |e| {
            e.participant(SECOND_VICTIM).contact_via = Some(participant_id(FAMILY_LIAISON));
            e.participant(FAMILY_LIAISON).left_at = Some(now());
        }),
        (Unaddressed::Unsafe, FIRST_VICTIM, Medium::Letter, |e| {
            e.participant(FIRST_VICTIM).contact_via = Some(participant_id(PARENT));
            e.person(PARENT).unsafe_channels = vec![Channel::Post];
        }),
        (Unaddressed::ViaSomebodyElse, FIRST_VICTIM, Medium::Letter, |e| {
            e.participant(FIRST_VICTIM).contact_via = Some(participant_id(PARENT));
            e.participant(PARENT).contact_via = Some(participant_id(FIRST_VICTIM));
        }),
        (Unaddressed::NoConsent, ADVISER, Medium::Email, |e| e.participant(ADVISER).consent = None),
        (Unaddressed::ConsentNotInForce, ADVISER, Medium::Email, |e| {
            e.participant(ADVISER).consent.as_mut().unwrap().until = Some(now() - TimeDelta::minutes(1));
        }),
        (Unaddressed::SupportsNobody, ADVISER, Medium::Email, |e| {
            e.participant(FIRST_VICTIM).left_at = Some(now());
        }),
        (Unaddressed::NoConsent, FIRST_VICTIM, Medium::Email, |e| {
            e.participant(FIRST_VICTIM).contact_via = Some(participant_id(ADVISER));
            e.participant(ADVISER).consent = None;
        }),
    ];
    for (reason, recipient, medium, change) in table {
        let mut example = example();
        change(&mut example);
        assert_eq!(asked(&example, to(recipient), medium).unwrap_err(), reason, "{recipient} by {medium}");
    }
}

#[test]
fn a_body_without_an_address_and_a_colleague_who_left_get_nothing() {
    let mut example = example();
    example.roster.directory[0].email = None;
    example.roster.staff[0].left_at = Some(now());
    let asked = |recipient| asked(&example, recipient, Medium::Form).unwrap_err();
    assert_eq!(asked(Recipient::Directory(resource_team())), Unaddressed::NoEmail);
    assert_eq!(asked(Recipient::Staff(team_leader())), Unaddressed::Left);
}

#[test]
fn a_unit_in_test_mode_writes_to_one_address_with_a_banner() {
    let mut example = example();
    example.roster.unit.mode = UnitMode::Test;
    let address = asked(&example, to(WITNESS), Medium::Email).unwrap();
    assert_eq!((email(&address), address.banner), ("tests@example.police.uk", Some(TEST_BANNER)));
    let letter = asked(&example, to(WITNESS), Medium::Letter).unwrap();
    assert_eq!(letter.banner, Some(TEST_BANNER));
    let nowhere = resolve(to(WITNESS), &example.state, &example.roster, Medium::Email, None, now());
    assert_eq!(nowhere, Err(Unaddressed::NoTestAddress));
}

#[test]
fn test_mode_hides_no_reason_against_an_address() {
    let mut example = example();
    example.roster.unit.mode = UnitMode::Test;
    example.participant(ADVISER).consent = None;
    assert_eq!(asked(&example, to(ADVISER), Medium::Email), Err(Unaddressed::NoConsent));
}

#[test]
fn debug_shows_no_address() {
    let address = asked(&example(), to(WITNESS), Medium::Letter).unwrap();
    assert_eq!(format!("{address:?}"), "Address(post)");
}
