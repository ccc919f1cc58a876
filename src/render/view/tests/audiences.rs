//! Each audience's view of one invented case, whole.

use super::*;
use expect_test::{Expect, expect};

/// The view without the unit, which all views share.
fn check(example: &Example, audience: Audience, to: Recipient, expected: Expect) {
    let mut shown = seen(example, audience, to).unwrap();
    assert!(shown.as_object_mut().unwrap().remove("unit").is_some());
    expected.assert_eq(&serde_json::to_string_pretty(&shown).unwrap());
}

#[test]
fn the_officer_in_the_case_sees_every_outcome_by_initials_and_who_is_being_told() {
    check(
        &example(),
        Audience::OfficerInCase,
        to(OFFICER),
        expect![[r#"
            {
              "answers": [],
              "contact": null,
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "outcomes": [
                {
                  "defendant": "Z.V.",
                  "offence_code": "ZZ00001",
                  "on": "2026-11-20",
                  "title": "Warrant issued"
                },
                {
                  "defendant": "Y.R.",
                  "offence_code": "ZZ00002",
                  "on": "2026-11-20",
                  "title": "Guilty verdict"
                }
              ],
              "people": [],
              "telling": [
                {
                  "by": "2026-11-21T16:10:00Z",
                  "person": {
                    "initials": "A.L.",
                    "witness_number": null
                  }
                },
                {
                  "by": "2026-11-23T23:59:59Z",
                  "person": {
                    "initials": "B.M.",
                    "witness_number": null
                  }
                }
              ],
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn a_resource_team_sees_its_own_officers_the_court_and_the_dates() {
    check(
        &about_everybody(),
        Audience::ResourceTeam,
        Recipient::Directory(resource_team()),
        expect![[r#"
            {
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "urn": "01ZZ0000126",
              "witnesses": [
                {
                  "number": "collar 4321",
                  "phase": "day 2, morning"
                },
                {
                  "number": "witness 5",
                  "phase": "day 2, morning"
                }
              ]
            }"#]],
    );
}

#[test]
fn a_police_witness_sees_the_case_the_court_and_the_dates() {
    check(
        &example(),
        Audience::PoliceWitness,
        to(CONSTABLE),
        expect![[r#"
            {
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "number": "collar 4321",
              "phase": "day 2, morning",
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn an_adviser_sees_what_concerns_the_person_they_support() {
    check(
        &example(),
        Audience::Adviser,
        to(ADVISER),
        expect![[r#"
            {
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "outcomes": [
                {
                  "defendant": "Z.V.",
                  "on": "2026-11-20",
                  "title": "Warrant issued"
                }
              ],
              "recipient": {
                "name": "Fay Quill"
              },
              "supports": [
                {
                  "initials": "A.L.",
                  "witness_number": null
                }
              ],
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn a_family_liaison_officer_needs_no_consent_and_sees_their_family_alone() {
    check(
        &example(),
        Audience::Adviser,
        to(FAMILY_LIAISON),
        expect![[r#"
        {
          "hearing": null,
          "outcomes": [
            {
              "defendant": "Y.R.",
              "on": "2026-11-20",
              "title": "Guilty verdict"
            }
          ],
          "recipient": {
            "name": "Hal Stott"
          },
          "supports": [
            {
              "initials": "B.M.",
              "witness_number": null
            }
          ],
          "urn": "01ZZ0000126"
        }"#]],
    );
}

#[test]
fn the_witness_service_sees_whom_it_helps_and_no_outcome() {
    let mut example = example();
    example.participants = vec![participant_id(WITNESS)];
    check(
        &example,
        Audience::Agency,
        Recipient::Directory(witness_service()),
        expect![[r#"
            {
              "answers": [],
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "people": [
                {
                  "initials": "C.N.",
                  "witness_number": 3
                }
              ],
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn a_victim_sees_their_own_outcomes_and_dates() {
    check(
        &example(),
        Audience::Victim,
        to(SECOND_VICTIM),
        expect![[r#"
            {
              "answers": [],
              "hearing": null,
              "on_behalf_of": null,
              "outcomes": [
                {
                  "defendant": "Y.R.",
                  "on": "2026-11-20",
                  "title": "Guilty verdict"
                }
              ],
              "recipient": {
                "name": "Bea Marsden"
              },
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn a_witness_sees_what_concerns_them() {
    check(
        &example(),
        Audience::Witness,
        to(WITNESS),
        expect![[r#"
            {
              "answers": [],
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "on_behalf_of": null,
              "outcomes": [
                {
                  "defendant": "Z.V.",
                  "on": "2026-11-20",
                  "title": "Warrant issued"
                }
              ],
              "phase": "day 2, morning",
              "recipient": {
                "name": "Cai Norwood"
              },
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn staff_see_names() {
    check(
        &example(),
        Audience::Staff,
        Recipient::Staff(team_leader()),
        expect![[r#"
            {
              "away": null,
              "count": 1,
              "counts": null,
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "notices": [],
              "outcomes": [
                {
                  "defendant": "Zed Villain",
                  "on": "2026-11-20",
                  "title": "Warrant issued"
                },
                {
                  "defendant": "Zed Villain",
                  "on": "2026-11-20",
                  "title": "Costs"
                },
                {
                  "defendant": "Yan Rascal",
                  "on": "2026-11-20",
                  "title": "Guilty verdict"
                }
              ],
              "recipient": {
                "name": "Kit Leader"
              },
              "tasks": [
                {
                  "about": "Ada Lovell",
                  "assignee": "Kit Leader",
                  "due": "2026-11-23T23:59:59Z",
                  "next_attempt": null,
                  "note": null,
                  "priority": "P2",
                  "target": null,
                  "title": "Ring A.L. about the trial",
                  "urn": null
                }
              ],
              "trials": [],
              "urn": "01ZZ0000126"
            }"#]],
    );
}

#[test]
fn a_court_and_the_cps_see_the_hearing_and_witness_numbers() {
    let mut example = example();
    example.participants = vec![participant_id(WITNESS)];
    check(
        &example,
        Audience::Court,
        Recipient::Directory(court()),
        expect![[r#"
            {
              "free": [],
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "urn": "01ZZ0000126"
            }"#]],
    );
    check(
        &example,
        Audience::Cps,
        Recipient::Directory(cps()),
        expect![[r#"
            {
              "answers": [],
              "availability": [
                {
                  "asked": false,
                  "away": [],
                  "person": {
                    "initials": "C.N.",
                    "witness_number": 3
                  }
                },
                {
                  "asked": false,
                  "away": [],
                  "person": {
                    "initials": "D.O.",
                    "witness_number": 4
                  }
                },
                {
                  "asked": false,
                  "away": [],
                  "person": {
                    "initials": "E.P.",
                    "witness_number": 5
                  }
                }
              ],
              "free": [],
              "hearing": {
                "court": "Exampleton Crown Court",
                "listed": true,
                "off_because": null,
                "room": "Courtroom 2",
                "title": "trial",
                "was": {
                  "at": "2027-01-11T10:00:00Z",
                  "week_of": null
                },
                "when": {
                  "at": "2027-03-29T09:00:00Z",
                  "week_of": null
                }
              },
              "people": [
                {
                  "initials": "C.N.",
                  "witness_number": 3
                }
              ],
              "urn": "01ZZ0000126"
            }"#]],
    );
}
