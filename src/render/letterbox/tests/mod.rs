//! Templates that are good, and templates that are not.

use super::*;
use crate::domain::message::Medium;
use crate::domain::words::{Word, parse};
use crate::render::view::example::*;
use crate::render::view::sample::{Fill, sample};
use crate::render::view::view;
use std::path::Path;

mod messages;

fn template(audience: Audience, subject: &str, body: &str) -> Template {
    Template {
        name: "invented".into(),
        medium: Medium::Email,
        audience,
        marking: "OFFICIAL-SENSITIVE".into(),
        settles: false,
        calendar: None,
        subject: subject.into(),
        body: body.into(),
    }
}

fn faults(audience: Audience, subject: &str, body: &str) -> String {
    let faults = template_faults(&template(audience, subject, body));
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

fn filled(audience: Audience, fill: Fill, body: &str) -> Result<Rendered, Failure> {
    let template = template(audience, "Case {{ urn }}", body);
    Letterbox::new([&template]).unwrap().render(&template, &sample(audience, fill), &Private::default())
}

/// The default pack's own template.
fn packed(name: &str) -> Template {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("config/packs/england-and-wales/messages").join(name);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let meta: std::collections::BTreeMap<String, String> =
        serde_saphyr::from_str(&read("meta.yaml").replace("settles: ", "settles: !!str ")).unwrap();
    Template {
        name: name.into(),
        medium: parse(&meta["medium"]).unwrap(),
        audience: parse(&meta["audience"]).unwrap(),
        marking: meta["marking"].clone(),
        settles: meta["settles"] == "true",
        calendar: meta.get("calendar").map(|word| parse(word).unwrap()),
        subject: read("subject.txt"),
        body: read("body.txt"),
    }
}

fn all_packed() -> Vec<Template> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/packs/england-and-wales/messages");
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.iter().map(|name| packed(name)).collect()
}

#[test]
fn every_template_of_the_default_pack_is_good() {
    let all = all_packed();
    assert!(all.len() >= 14);
    for template in all {
        let faults: Vec<String> = template_faults(&template).iter().map(ToString::to_string).collect();
        assert_eq!(faults, Vec::<String>::new(), "{}", template.name);
    }
}

#[test]
fn an_unknown_field_is_a_fault_at_check_and_a_failure_at_filling() {
    let body = "Hello.\n\n{{ urm }}";
    assert_eq!(
        faults(Audience::Victim, "Case {{ urn }}", body),
        "body, line 3: the view for victim has no field urm; did you mean \"urn\"?\n"
    );
    let failure = filled(Audience::Victim, Fill::Full, body).unwrap_err().to_string();
    assert_eq!(
        failure,
        "invented: the body cannot be filled at line 3: the audience's view has no such field, or it is part of something absent"
    );
}

#[test]
fn what_is_wrong_with_a_template_is_told_with_its_line_and_a_suggestion() {
    let table = [
        ("{{ hearing.cuort }}", "body, line 1: hearing has no field cuort; did you mean \"court\"?\n"),
        (
            "{% for o in outcomes %}\n{{ o.titel }}\n{% endfor %}",
            "body, line 2: outcomes has no field titel; did you mean \"title\"?\n",
        ),
        (
            "{% if urn == 'x' %}\n{{ recipient.nme }}\n{% endif %}",
            "body, line 2: recipient has no field nme; did you mean \"name\"?\n",
        ),
        (
            "{% for o in outcome %}{% endfor %}",
            "body, line 1: the view for victim has no field outcome; did you mean \"outcomes\"?\n",
        ),
        ("{% for o in urn %}{% endfor %}", "body, line 1: urn is not a list\n"),
        ("{{ outcomes.title }}", "body, line 1: outcomes is a list: go through it with for\n"),
        ("{{ urn.force }}", "body, line 1: urn has no fields of its own\n"),
        ("{{ urn|uper }}", "body, line 1: there is no filter uper\n"),
        (
            "{% for o in outcomes %}{{ o.on|dat }}{% endfor %}",
            "body, line 1: there is no filter dat; did you mean \"date\"?\n",
        ),
        ("{% if urn is defined %}x{% endif %}", "body, line 1: there is no test defined\n"),
        ("{% for i in range(9) %}x{% endfor %}", "body, line 1: range(…): functions cannot be used\n"),
        ("{{ namespace() }}", "body, line 1: namespace(…): functions cannot be used\n"),
        (
            "{% set x = urn %}{{ x }}",
            "body, line 1: the tag set cannot be used: there are if and for\nbody, line 1: the view for victim has no field x\n",
        ),
        ("{% include 'other' %}", "body, line 1: the tag include cannot be used: there are if and for\n"),
        ("{{ hearing['court'] }}", "body, line 1: a field is named after a dot: write a.b, not a[…]\n"),
        ("{{ loop.index }}", "body, line 1: the view for victim has no field loop\n"),
        (
            "one\n{% if urn %}\n{{ urn }",
            "body, line 3: does not parse: unexpected `}`, expected end of variable block\n",
        ),
        (
            "{{ hearing.room }}",
            "body, line 1: the audience's view has no such field, or it is part of something absent\nbody, line 1: the value may be absent: put an if around it\n",
        ),
        (
            "{{ outcomes }}",
            "body, line 1: only text and numbers can be printed: name a field of it, use a filter, or go through it with for\n",
        ),
        (
            "{% if hearing %}{{ hearing.when|time }}{% endif %}",
            "body, line 1: no time of day is fixed: put `if ….at` around it\n",
        ),
        (
            "{{ recipient.name|date }}",
            "body, line 1: date, time, day_and_time, on and by take an instant, a day or a hearing's listing\n",
        ),
        ("{{ urn|length }}", "body, line 1: listed and length take a list\n"),
        (
            "{{ outcomes|listed('name') }}",
            "body, line 1: the audience's view has no such field, or it is part of something absent\n",
        ),
        ("  ", "body, line 1: the text is empty\n"),
    ];
    for (body, expected) in table {
        assert_eq!(faults(Audience::Victim, "Case {{ urn }}", body), expected, "{body}");
    }
}

#[test]
fn a_good_template_may_use_all_of_the_language() {
    let body = "{# a note #}{% for o in outcomes if o.title != 'x' %}{{ loop.index }}. {{ o.title }}{% if not loop.last %}, {% endif %}{% else %}nothing{% endfor %}\n\
                {% if hearing and hearing.room is not none %}{{ hearing.room }}{% elif urn in ['a', 'b'] %}{{ urn ~ '!' }}{% endif %}\n\
                {{ hearing.court if hearing else 'no court' }} {{ '{{ not.a.field }}' }}";
    assert_eq!(faults(Audience::Victim, "Case {{ urn }}", body), "");
}

#[test]
fn a_field_of_one_audience_is_no_field_of_another() {
    for audience in ["resource-team", "police-witness", "court", "cps", "agency"] {
        let found = faults(
            parse(audience).unwrap(),
            "Case {{ urn }}",
            "{% for o in outcomes %}{{ o.title }}{% endfor %}",
        );
        assert!(found.contains(&format!("the view for {audience} has no field outcomes")), "{found}");
    }
}

#[test]
fn a_subject_may_use_references_courts_and_dates_alone() {
    let good = "{{ urn }}{% if hearing %}: {{ hearing.title }} at {{ hearing.court }} {{ hearing.when|on }}{% endif %}";
    assert_eq!(faults(Audience::Victim, good, "x"), "");
    for (subject, field) in [
        ("{{ recipient.name }}", "recipient.name"),
        ("{% for o in outcomes %}{{ o.title }}{% endfor %}", "outcomes"),
        ("{% if on_behalf_of %}{{ on_behalf_of.initials }}{% endif %}", "on_behalf_of"),
    ] {
        let found = faults(Audience::Victim, subject, "x");
        assert!(found.contains(&format!("a subject cannot use {field}")), "{found}");
    }
}

#[test]
fn every_field_a_subject_may_use_is_a_field_of_some_audience() {
    for field in SUBJECT_FIELDS {
        let known = Audience::WORDS.iter().any(|audience| {
            let body = format!("{{% if {field} %}}x{{% endif %}}");
            faults(parse(audience).unwrap(), "x", &body).is_empty()
        });
        assert!(known, "{field}");
    }
}

#[test]
fn a_subject_that_would_hold_a_name_or_an_offence_is_refused() {
    let mut example = example();
    let template = template(Audience::OfficerInCase, "Trial at {{ hearing.court }}: {{ urn }}", "x");
    let letterbox = Letterbox::new([&template]).unwrap();
    let render = |example: &Example| {
        let view = example.subject(to(OFFICER), |subject| view(template.audience, subject)).unwrap();
        letterbox.render(&template, &view, &Private::of(&example.state))
    };
    assert!(render(&example).is_ok());
    // A witness called Court, at a court of that name, stops nothing.
    example.person(WITNESS).identity.last_name = "Exampleton".into();
    assert!(render(&example).is_ok());
    for label in ["LOVELL-1", "Theft-from-shop"] {
        let mut example = example.clone();
        example.state.case.change().references[0].value = label.into();
        let refused = render(&example).unwrap_err();
        assert_eq!(refused, Failure::SubjectNames { template: "invented".into() }, "{label}");
    }
}

#[test]
fn a_template_that_loops_without_end_is_stopped() {
    let nested = format!("{}x{}", "{% for t in telling %}".repeat(18), "{% endfor %}".repeat(18));
    let failure = filled(Audience::OfficerInCase, Fill::Full, &nested).unwrap_err();
    assert_eq!(failure.to_string(), "invented: the body grew past 100,000 steps: shorten it");
}

#[test]
fn an_absent_value_is_never_printed() {
    let failure = filled(Audience::PoliceWitness, Fill::Bare, "{{ number }}").unwrap_err();
    assert!(failure.to_string().contains("put an if around it"), "{failure}");
}

#[test]
fn a_view_for_others_is_refused() {
    let template = template(Audience::Victim, "Case {{ urn }}", "x");
    let letterbox = Letterbox::new([&template]).unwrap();
    let failure =
        letterbox.render(&template, &sample(Audience::Staff, Fill::Full), &Private::default()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "invented is written for the audience victim, and was given a view for staff"
    );
}

#[test]
fn templates_that_do_not_parse_are_all_named_when_a_letterbox_is_built() {
    let failures = Letterbox::new([&template(Audience::Victim, "{{ urn", "{% if %}")]).unwrap_err();
    assert_eq!(failures.len(), 2);
}

#[test]
fn dates_are_london_dates_as_exactly_as_they_are_known() {
    let at = |body| {
        filled(Audience::PoliceWitness, Fill::Full, body).unwrap().text.lines().next().unwrap().to_owned()
    };
    assert_eq!(at("{{ hearing.when|date }}"), "Monday 23 November 2026");
    assert_eq!(at("{{ hearing.when.at|time }}"), "10:00");
    assert_eq!(at("{{ hearing.when|on }}"), "on Monday 23 November 2026 at 10:00");
    assert_eq!(at("{{ hearing.when.week_of|on }}"), "on Monday 23 November 2026");
    let summer = value::from_json(serde_json::json!("2027-03-29T09:00:00Z"));
    let mut environment = environment();
    environment.add_global("summer", summer);
    assert_eq!(
        environment.render_str("{{ summer|day_and_time }}", ()).unwrap(),
        "Monday 29 March 2027 at 10:00"
    );
    let end = value::from_json(serde_json::json!("2027-03-29T22:59:59Z"));
    environment.add_global("end", end);
    assert_eq!(environment.render_str("{{ end|by }}", ()).unwrap(), "by the end of Monday 29 March 2027");
    assert_eq!(environment.render_str("{{ summer|by }}", ()).unwrap(), "by Monday 29 March 2027 at 10:00");
    let unfixed = filled(Audience::PoliceWitness, Fill::Bare, "{{ hearing.when|on }}").unwrap().text;
    assert!(unfixed.starts_with("on a date to be fixed\n"));
    let week = value::from_json(serde_json::json!({ "at": null, "week_of": "2027-01-11" }));
    environment.add_global("week", week);
    assert_eq!(
        environment.render_str("{{ week|on }}", ()).unwrap(),
        "in the week beginning Monday 11 January 2027"
    );
}

#[test]
fn a_list_is_joined_as_in_a_sentence() {
    let environment = environment();
    for (list, expected) in
        [("[]", ""), ("['a']", "a"), ("['a', 'b']", "a and b"), ("['a', 'b', 'c']", "a, b and c")]
    {
        assert_eq!(environment.render_str(&format!("{{{{ {list}|listed }}}}"), ()).unwrap(), expected);
    }
}

#[test]
fn the_scan_finds_what_the_engine_finds() {
    for template in all_packed() {
        let environment = environment();
        let compiled = environment.template_from_str(&template.body).unwrap();
        let engine = compiled.undeclared_variables(false);
        let scanned = scan::uses(&template.body).into_iter().filter_map(|(_, used)| match used {
            scan::Use::Field(way) | scan::Use::Loop(way) => way.first().cloned(),
            _ => None,
        });
        assert_eq!(scanned.collect::<std::collections::HashSet<_>>(), engine, "{}", template.name);
    }
}

#[test]
fn neither_debug_nor_a_failure_shows_what_was_written() {
    let rendered = filled(Audience::Victim, Fill::Full, "{{ recipient.name }}").unwrap();
    assert_eq!(format!("{rendered:?}"), "Rendered(…)");
    let failure = filled(Audience::Victim, Fill::Full, "{{ recipient.name|date }}").unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("Sample"), "{failure:?}");
}
