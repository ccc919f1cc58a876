//! `messages/<name>/`: templates, each a folder of `meta.yaml`, `subject.txt` and `body.txt`.

use super::{Sources, TemplateCheck};
use crate::domain::message::{Audience, CalendarUse, Medium};
use crate::rules::pack::Template;
use crate::rules::pack::reader::is_kebab;
use std::collections::BTreeMap;
use std::ops::Range;

/// Which text of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplatePart {
    /// `subject.txt`
    Subject,
    /// `body.txt`
    Body,
}

/// Something wrong with a template's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// In which text.
    pub part: TemplatePart,
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// Who puts court attendances into a calendar; each of their messages is about one hearing.
const ATTENDING: [Audience; 2] = [Audience::PoliceWitness, Audience::ResourceTeam];

/// A template, and its medium where that could be read.
pub(super) struct Found {
    pub(super) template: Template,
    pub(super) medium: Option<Medium>,
}

pub(super) fn read(sources: &Sources<'_>, check: TemplateCheck<'_>) -> BTreeMap<String, Found> {
    let found = sources.folders("messages/").into_iter().filter_map(|name| {
        let found = template(sources, &name, check)?;
        Some((name, found))
    });
    found.collect()
}

fn template(sources: &Sources<'_>, name: &str, check: TemplateCheck<'_>) -> Option<Found> {
    let file = |part: &str| format!("messages/{name}/{part}");
    let subject = sources.plain(&file("subject.txt"));
    let body = sources.plain(&file("body.txt"));
    let path = file("meta.yaml");
    let (reader, node) = sources.need(&path)?;
    let fields =
        reader.fields(node, "a template", &["medium", "audience", "marking", "settles", "calendar"])?;
    if !is_kebab(name) {
        reader.fault(&fields.at, format!("the folder `{name}` is no name in kebab-case"), None);
    }
    let medium = fields.need("medium").and_then(|node| reader.word::<Medium>(node));
    let audience = fields.need("audience").and_then(|node| reader.word::<Audience>(node));
    let marking = fields.need_text("marking");
    let settles = fields.flag("settles").unwrap_or(false);
    let calendar = fields.node("calendar").and_then(|node| {
        let word = reader.word::<CalendarUse>(node)?;
        let attends = audience.is_none_or(|audience| ATTENDING.contains(&audience));
        if !attends || medium == Some(Medium::Letter) {
            let message =
                "only an e-mail or a form to a police witness or a resource team carries a calendar entry";
            reader.fault(&node.at, message, Some("leave `calendar` out".to_owned()));
        }
        Some(word)
    });
    // What is missing is told; rules may name the template all the same.
    let template = Template {
        name: name.to_owned(),
        medium: medium.unwrap_or(Medium::Email),
        audience: audience.unwrap_or(Audience::Staff),
        marking: marking.unwrap_or_default(),
        settles,
        calendar,
        subject: subject.map(|reader| reader.file.text.clone()).unwrap_or_default(),
        body: body.map(|reader| reader.file.text.clone()).unwrap_or_default(),
    };
    if medium.is_some() && audience.is_some() {
        for fault in check(&template) {
            let reader = match fault.part {
                TemplatePart::Subject => subject,
                TemplatePart::Body => body,
            };
            if let Some(reader) = reader {
                reader.fault_on(&fault.span, fault.message, fault.suggestion);
            }
        }
    }
    Some(Found { template, medium })
}
