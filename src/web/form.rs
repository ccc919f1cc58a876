//! Forms: what was posted, what was wrong with it, and how a page shows both.
//!
//! A form that is refused is shown again as it was filled in, with what is wrong on top and beside each field, and nothing
//! typed is lost. Each form carries the id of its call, so that one that is sent twice is done once, and who filled it in,
//! so that it is never sent in somebody else's name after a sign-in.

use super::admit::Visitor;
use super::refusal::Refusal;
use crate::grpc::pb::Reason;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The name of the field with the id of a form's call.
pub const REQUEST: &str = "request_id";
/// The name of the field with who filled a form in.
pub const BY: &str = "by";
/// Fields of one form, at most.
const FIELDS_MAX: usize = 5_000;

/// What was posted, in order.
#[derive(Debug, Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// These fields.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Reads a body as browsers write it.
    #[must_use]
    pub fn parse(body: &str) -> Self {
        let pairs = form_urlencoded::parse(body.as_bytes()).take(FIELDS_MAX);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// A field's value without what is around it; empty where it was not posted.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field that may be posted several times, without the empty ones.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(of, value)| of == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    }

    /// Whether a box was ticked or a button pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(of, _)| of == name)
    }

    /// Whether this value is among those of a field.
    #[must_use]
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(of, has)| of == name && has == value)
    }

    /// All fields.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// Sets what stands for a field, in place of what does.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(of, _)| of != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// Adds a further value of a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The version that a form was filled in at; 0 where none was posted.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.get("version").parse().unwrap_or_default()
    }

    /// That whoever is signed in now opened the form: a page that stayed open while somebody else signed in on this computer
    /// acts for nobody.
    ///
    /// # Errors
    /// That somebody else opened it.
    pub fn was_opened_by(&self, visitor: &Visitor) -> Result<(), Refusal> {
        if !self.has(BY) || self.get(BY) == visitor.me.id {
            return Ok(());
        }
        let said = "this form was opened by somebody else who was signed in here before: nothing was done; open the page anew";
        Err(Refusal::new(Reason::StateForbids, said))
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let text = std::str::from_utf8(&body)
            .map_err(|_| (StatusCode::BAD_REQUEST, "the form is not UTF-8\n").into_response())?;
        let posted = Self::parse(text);
        if let Some(visitor) = visitor
            && let Err(refusal) = posted.was_opened_by(&visitor)
        {
            return Err(super::page::refused(&visitor, &refusal));
        }
        Ok(posted)
    }
}

/// What is wrong with a form that was posted.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// What is wrong as a whole.
    pub whole: Vec<String>,
    /// What is wrong with a field, by the name of its input.
    pub fields: BTreeMap<String, String>,
}

impl Faults {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One field is wrong: what is expected of it.
    #[must_use]
    pub fn one(name: &str, expected: impl Into<String>) -> Self {
        let mut faults = Self::none();
        faults.field(name, expected);
        faults
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.whole.is_empty() && self.fields.is_empty()
    }

    /// A field is wrong.
    pub fn field(&mut self, name: &str, expected: impl Into<String>) {
        self.fields.entry(name.to_owned()).or_insert_with(|| expected.into());
    }

    /// What the API refused, with each field under the name of its input: `input_of` tells it from the field's path.
    #[must_use]
    pub fn of(refusal: &Refusal, input_of: impl Fn(&str) -> Option<String>) -> Self {
        let mut faults = Self::none();
        if refusal.reason == Reason::VersionStale {
            faults.whole.push(
                "Somebody changed this since you opened it. What you typed is kept: look at what stands now, then send it again"
                    .to_owned(),
            );
            return faults;
        }
        for (path, expected) in &refusal.fields {
            match input_of(path) {
                Some(input) => faults.field(&input, sentence(expected)),
                None => faults.whole.push(sentence(&format!("{path}: {expected}"))),
            }
        }
        if faults.is_none() {
            faults.whole.push(sentence(&refusal.message));
        }
        faults
    }

    /// The status of a page that shows them: 200 where there are none.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        if self.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// What is wrong, on top of the form, with a link to each field.
    #[must_use]
    pub fn summary(&self) -> Markup {
        html! {
            @if !self.is_none() {
                div.error-summary role="alert" tabindex="-1" autofocus data-summary {
                    h2 { "There is a problem" }
                    ul {
                        @for fault in &self.whole { li { (fault) } }
                        @for (name, fault) in &self.fields { li { a href=(format!("#{}", id_of(name))) { (fault) } } }
                    }
                }
            }
        }
    }

    /// What is wrong with one field, above its input.
    #[must_use]
    pub fn beside(&self, name: &str) -> Markup {
        html! {
            @if let Some(fault) = self.fields.get(name) {
                p.field-error id=(format!("{}-error", id_of(name))) { span.visually-hidden { "Error: " } (fault) }
            }
        }
    }

    /// Whether a field is wrong.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

/// The id of the input with this name.
#[must_use]
pub fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("f-{}", name.chars().map(plain).collect::<String>())
}

/// What every form carries: the id of its call and who fills it in.
#[must_use]
pub fn carried(visitor: &Visitor, posted: &Posted) -> Markup {
    let id = match posted.get(REQUEST) {
        "" => visitor.new_id(),
        id => id.to_owned(),
    };
    html! {
        input type="hidden" name=(REQUEST) value=(id);
        input type="hidden" name=(BY) value=(visitor.me.id);
    }
}

/// How an input is shown.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its label.
    pub label: &'a str,
    /// A hint below the label; empty for none.
    pub hint: &'a str,
    /// Whether it must be filled in; the server tells, so that the page can say what is wrong in its own words.
    pub required: bool,
}

impl<'a> Input<'a> {
    /// An input that may be left empty.
    #[must_use]
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Self { name, label, hint: "", required: false }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// The same, to be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    fn described(self, faults: &Faults) -> Option<String> {
        let id = id_of(self.name);
        let mut by = Vec::new();
        if !self.hint.is_empty() {
            by.push(format!("{id}-hint"));
        }
        if faults.is_about(self.name) {
            by.push(format!("{id}-error"));
        }
        (!by.is_empty()).then(|| by.join(" "))
    }

    fn around(self, faults: &Faults, control: &Markup) -> Markup {
        let id = id_of(self.name);
        html! {
            div.field.wrong[faults.is_about(self.name)] {
                label for=(id) { (self.label) @if !self.required { span.optional { " (optional)" } } }
                @if !self.hint.is_empty() { p.hint id=(format!("{id}-hint")) { (self.hint) } }
                (faults.beside(self.name))
                (control)
            }
        }
    }

    /// A line of text; `kind` is an input's type.
    #[must_use]
    pub fn line(self, kind: &str, posted: &Posted, faults: &Faults) -> Markup {
        let described = self.described(faults);
        let auto = if kind == "password" { "current-password" } else { "off" };
        self.around(faults, &html! {
            input id=(id_of(self.name)) type=(kind) name=(self.name) value=(posted.get(self.name)) autocomplete=(auto)
                aria-describedby=[described] aria-invalid=[faults.is_about(self.name).then_some("true")]
                aria-required=[self.required.then_some("true")];
        })
    }

    /// Several lines of text.
    #[must_use]
    pub fn lines(self, rows: u8, posted: &Posted, faults: &Faults) -> Markup {
        let described = self.described(faults);
        self.around(
            faults,
            &html! {
                textarea id=(id_of(self.name)) name=(self.name) rows=(rows) autocomplete="off"
                    aria-describedby=[described] aria-invalid=[faults.is_about(self.name).then_some("true")]
                    aria-required=[self.required.then_some("true")] { (posted.get(self.name)) }
            },
        )
    }

    /// One of several words, with their labels; `none` is the label of choosing nothing, and there is none where it is empty.
    #[must_use]
    pub fn select(
        self,
        none: &str,
        options: &[(String, String)],
        posted: &Posted,
        faults: &Faults,
    ) -> Markup {
        let described = self.described(faults);
        let chosen = posted.get(self.name);
        self.around(
            faults,
            &html! {
                select id=(id_of(self.name)) name=(self.name) aria-describedby=[described]
                    aria-invalid=[faults.is_about(self.name).then_some("true")] {
                    @if !none.is_empty() { option value="" { (none) } }
                    @for (word, label) in options { option value=(word) selected[word == chosen] { (label) } }
                }
            },
        )
    }

    /// One of a few words as radio buttons, or, with `many`, any of them as boxes.
    #[must_use]
    pub fn choices(
        self,
        many: bool,
        options: &[(String, String)],
        posted: &Posted,
        faults: &Faults,
    ) -> Markup {
        let (id, described) = (id_of(self.name), self.described(faults));
        html! {
            fieldset.field.wrong[faults.is_about(self.name)] aria-describedby=[described] {
                legend { (self.label) @if !self.required { span.optional { " (optional)" } } }
                @if !self.hint.is_empty() { p.hint id=(format!("{id}-hint")) { (self.hint) } }
                (faults.beside(self.name))
                @let few = options.len() <= 3 && options.iter().all(|(_, label)| label.chars().count() <= 24);
                div.choices.few[few] {
                    @for (nth, (word, label)) in options.iter().enumerate() {
                        // The first has the field's own id, so that the summary's link leads to it.
                        @let own = if nth == 0 { id.clone() } else { format!("{id}-{nth}") };
                        div.choice {
                            input id=(own) type=(if many { "checkbox" } else { "radio" }) name=(self.name) value=(word)
                                checked[posted.holds(self.name, word)];
                            label for=(own) { (label) }
                        }
                    }
                }
            }
        }
    }
}

/// A sentence: with a capital letter in front, and days as the British write them.
#[must_use]
pub fn sentence(text: &str) -> String {
    let text = text.split(' ').map(british_day).collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A word that is a day as the contract writes it, `2026-11-24`, in British: `24 Nov 2026`.
fn british_day(word: &str) -> String {
    let end = word.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(word.len());
    let (day, rest) = word.split_at(end);
    match super::clocks::day(day) {
        Some(day) => format!("{}{rest}", day.format("%-d %b %Y")),
        None => word.to_owned(),
    }
}

/// An address with a query; what is empty is left out.
#[must_use]
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Words with their labels, as options of a choice.
#[must_use]
pub fn options(words: &[(&str, &str)]) -> Vec<(String, String)> {
    words.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect()
}

/// A text that was encoded as a part of an address's query, or of a cookie.
#[must_use]
pub fn decode(text: &str) -> String {
    form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// A text as a part of an address's query, or of a cookie.
#[must_use]
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_read_back() {
        for text in ["", "a b", "50 % & more = +", "Señora\nLloyd", "%zz"] {
            assert_eq!(decode(&encode(text)), text);
        }
    }

    #[test]
    fn a_fault_says_days_as_the_british_do() {
        assert_eq!(
            sentence("must not lie before 2026-11-24, today"),
            "Must not lie before 24 Nov 2026, today"
        );
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let posted = Posted::parse("tick=a&tick=b&words=%20two%0D%0Alines%20&empty=");
        assert_eq!(posted.all("tick").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(posted.get("words"), "two\nlines");
        assert!(posted.has("empty") && posted.get("empty").is_empty());
    }

    #[test]
    fn an_address_holds_what_is_given_and_nothing_else() {
        assert_eq!(
            address("/messages", &[("state", ""), ("case", "52AA 1/26")]),
            "/messages?case=52AA+1%2F26"
        );
        assert_eq!(address("/messages", &[("state", "")]), "/messages");
    }
}
