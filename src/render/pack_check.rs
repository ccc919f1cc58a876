//! A pack checked as a whole: what rules know of it, and what rendering knows of its templates.
//!
//! The loader knows where texts stand and takes a check from whoever renders; the letterbox knows what a template may
//! say and counts lines. Here both meet, for the command line and the service alike.

use super::letterbox::{Part, template_faults};
use crate::rules::pack::{Faults, Pack, Template, TemplateFault, TemplatePart, Warning};
use std::collections::BTreeMap;
use std::ops::Range;

/// Reads and checks a pack from its files by path, its templates included.
///
/// # Errors
/// [`Faults`]: everything that is wrong, by file and line.
pub fn load_checked(files: BTreeMap<String, String>) -> Result<(Pack, Vec<Warning>), Faults> {
    Pack::load_with(files, &|template| {
        template_faults(template).into_iter().map(|fault| placed(template, fault)).collect()
    })
}

fn placed(template: &Template, fault: super::TemplateFault) -> TemplateFault {
    let (part, text) = match fault.which {
        Part::Subject => (TemplatePart::Subject, &template.subject),
        Part::Body => (TemplatePart::Body, &template.body),
    };
    let suggestion = fault.suggestion.map(|word| format!("did you mean `{word}`?"));
    TemplateFault { part, span: line(text, fault.line), message: fault.message, suggestion }
}

/// The bytes of a line, from 1, without its indent and end.
fn line(text: &str, number: usize) -> Range<usize> {
    let mut start = 0;
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        if nth + 1 == number {
            let indent = line.len() - line.trim_start().len();
            return start + indent..start + line.trim_end().len().max(indent);
        }
        start += line.len();
    }
    text.len()..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_number() {
        let text = "one\n  two \nthree";
        let of = |number| &text[line(text, number)];
        assert_eq!([of(1), of(2), of(3), of(4)], ["one", "two", "three", ""]);
    }
}
