//! Letters as they are printed: HTML on the unit's letterhead, one sheet or more of A4 each.
//!
//! The address stands where the window of a DL envelope shows it when the sheet is folded in three, and nothing else
//! does. The text is the frozen text of the message; only its last two lines, how to reach the unit and the marking,
//! move to the head and foot of the sheet. Nothing is loaded from anywhere: style is in the page.

use crate::domain::letterhead::Letterhead;
use chrono::NaiveDate;
use std::fmt::Write;

/// A letter to be printed.
#[derive(Clone)]
pub struct Letter<'a> {
    /// Who writes.
    pub unit: &'a Letterhead,
    /// The name on the envelope.
    pub name: &'a str,
    /// The address, a line each, the postcode last.
    pub address: &'a [String],
    /// What the case is known by.
    pub reference: &'a str,
    /// The day it is printed, Europe/London.
    pub on: NaiveDate,
    /// The subject.
    pub subject: &'a str,
    /// The frozen text.
    pub text: &'a str,
    /// What stands above the text of a unit in test mode.
    pub banner: Option<&'a str>,
}

/// What the sheet looks like. Window of a DL envelope: 20 mm from the left, 50 mm to 85 mm from the top.
const STYLE: &str = "
@page { size: A4; margin: 18mm 20mm 20mm 20mm; }
* { box-sizing: border-box; }
body { font: 11.5pt/1.45 Arial, Helvetica, sans-serif; color: #000; background: #fff; margin: 0; }
.letter { break-after: page; position: relative; max-width: 170mm; margin: 0 auto; }
.letter:last-child { break-after: auto; }
.head { height: 32mm; text-align: right; font-size: 9.5pt; line-height: 1.35; }
.head strong { font-size: 13pt; display: block; }
.window { height: 35mm; width: 85mm; overflow: hidden; font-style: normal; line-height: 1.3; padding-top: 2mm; }
.window.long { font-size: 9.5pt; line-height: 1.15; padding-top: 1mm; }
.window p { margin: 0; }
.about { display: flex; justify-content: space-between; margin: 6mm 0 5mm; font-size: 10.5pt; }
.banner { border: 1.5pt solid #000; padding: 2mm; font-weight: bold; }
h1 { font-size: 13pt; margin: 0 0 4mm; }
h2 { font-size: 11.5pt; margin: 5mm 0 1.5mm; break-after: avoid; }
.text p { margin: 0 0 3.2mm; orphans: 3; widows: 3; }
.text ul { margin: 0 0 3.2mm; padding-left: 6mm; }
.text li { break-inside: avoid; }
.text p:nth-last-child(-n+2), .foot { break-before: avoid; }
.foot { border-top: 0.5pt solid #000; margin-top: 8mm; padding-top: 2mm; font-size: 9pt; text-align: center; }
@media screen { body { background: #eee; } .letter { background: #fff; padding: 18mm 20mm; max-width: 210mm; margin: 6mm auto; } }
";

/// Lines, the name among them, that the window shows in the size of the text; above that the address is set smaller.
const WINDOW_LINES: usize = 6;

/// Lines, the name among them, that the window shows at all.
pub const ADDRESS_LINES_MAX: usize = 9;

/// One page of HTML with these letters, one after another, each beginning on a sheet of its own.
#[must_use]
pub fn page(letters: &[Letter<'_>]) -> String {
    let mut html = String::from("<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n<title>Letters</title>\n<style>");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body>\n");
    for letter in letters {
        letter.write(&mut html);
    }
    html.push_str("</body>\n</html>\n");
    html
}

impl Letter<'_> {
    fn write(&self, html: &mut String) {
        let unit = self.unit;
        let (text, marking) = self.without_foot();
        html.push_str("<article class=\"letter\">\n<header class=\"head\">\n");
        line(html, "strong", &unit.name);
        for part in &unit.address {
            let _ = writeln!(html, "{}<br>", escaped(part));
        }
        for (label, value) in [("Telephone", &unit.phone), ("E-mail", &unit.email), ("", &unit.hours)] {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                let label = if label.is_empty() { String::new() } else { format!("{label} ") };
                let _ = writeln!(html, "{label}{}<br>", escaped(value));
            }
        }
        html.push_str("</header>\n<address class=\"");
        html.push_str(if self.address.len() < WINDOW_LINES { "window" } else { "window long" });
        html.push_str("\">\n");
        line(html, "p", self.name);
        for part in self.address {
            line(html, "p", part);
        }
        html.push_str("</address>\n");
        let day = crate::domain::london::written_date(self.on);
        let _ = writeln!(
            html,
            "<div class=\"about\"><span>Our reference: {}</span><span>{}</span></div>",
            escaped(self.reference),
            escaped(&day)
        );
        if let Some(banner) = self.banner {
            let _ = writeln!(html, "<p class=\"banner\">{}</p>", escaped(banner));
        }
        line(html, "h1", self.subject);
        html.push_str("<div class=\"text\">\n");
        body(html, text);
        html.push_str("</div>\n");
        let _ = writeln!(html, "<footer class=\"foot\">{}</footer>\n</article>", escaped(marking));
    }

    /// The text without its last two lines, and the marking, which is the last.
    fn without_foot(&self) -> (&str, &str) {
        let text = self.text.trim_end();
        let Some((rest, marking)) = text.rsplit_once('\n') else { return (text, "") };
        let contact = self.unit.contact_line();
        match rest.rsplit_once('\n') {
            Some((body, last)) if last.trim() == contact => (body, marking.trim()),
            _ => (rest, marking.trim()),
        }
    }
}

fn line(html: &mut String, tag: &str, text: &str) {
    let _ = writeln!(html, "<{tag}>{}</{tag}>", escaped(text));
}

/// The paragraphs, headings and lists of a plain text.
fn body(html: &mut String, text: &str) {
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let lines: Vec<&str> = block.lines().map(str::trim).collect();
        match lines.as_slice() {
            [heading] if is_heading(heading) => line(html, "h2", &sentence_case(heading)),
            items if items.iter().all(|item| item.starts_with("- ")) => {
                html.push_str("<ul>\n");
                for item in items {
                    line(html, "li", &item[2..]);
                }
                html.push_str("</ul>\n");
            }
            lines => {
                let escaped: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
                let _ = writeln!(html, "<p>{}</p>", escaped.join("<br>\n"));
            }
        }
    }
}

/// Whether a line is a heading: letters, and capitals alone.
fn is_heading(line: &str) -> bool {
    let mut letters = line.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase) && line.chars().count() > 2
}

/// `WHAT THIS MEANS` as it is printed: "What this means".
fn sentence_case(heading: &str) -> String {
    let mut letters = heading.chars();
    let first = letters.next().into_iter();
    first.chain(letters.flat_map(char::to_lowercase)).collect()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> Letterhead {
        Letterhead { name: "Example Unit".into(), phone: Some("101".into()), ..Letterhead::default() }
    }

    fn printed(text: &str) -> String {
        let unit = unit();
        let address = ["1 Example Street".to_owned(), "ZZ1 1ZZ".to_owned()];
        let on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let letter = Letter {
            unit: &unit,
            name: "Sam <b>Sample</b>",
            address: &address,
            reference: "52AB0000126",
            on,
            subject: "The trial: 52AB0000126",
            text,
            banner: None,
        };
        page(&[letter.clone(), letter])
    }

    #[test]
    fn paragraphs_headings_and_lists_of_the_text_are_printed_and_the_foot_is_where_it_belongs() {
        let text = "Dear Sam,\n\nWHAT THIS MEANS\n\n- one\n- two & three\n\nYours sincerely,\n\nExample Unit · 101\nOFFICIAL\n";
        let html = printed(text);
        for part in [
            "<p>Dear Sam,</p>",
            "<h2>What this means</h2>",
            "<li>two &amp; three</li>",
            "<footer class=\"foot\">OFFICIAL</footer>",
            "<p>ZZ1 1ZZ</p>",
            "Monday 23 November 2026",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(!html.contains("Example Unit · 101"), "how to reach the unit is in the head");
        assert_eq!(html.matches("<article").count(), 2, "each letter on a sheet of its own");
    }

    #[test]
    fn nothing_that_was_written_becomes_markup() {
        assert!(printed("Dear <script>alert(1)</script>\n\nx\nOFFICIAL\n").contains("&lt;script&gt;"));
        assert!(!printed("x\nOFFICIAL\n").contains("<b>Sample"));
    }
}
