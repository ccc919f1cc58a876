//! Reads a template's tags without filling it: every field it names, on every branch, with the line.
//!
//! Trying a template on samples finds what goes wrong on the branches that samples take; this finds the misspelt
//! field on the branch that none does. It can be this simple because the language is: names are bound by `for`
//! alone, and there are no functions, assignments, macros or includes.

use super::filters::{FILTERS, TESTS};

/// A word or sign inside a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Figure(String),
    Sign(char),
}

/// One `{{ … }}` or `{% … %}`.
struct Tag {
    line: usize,
    prints: bool,
    tokens: Vec<Token>,
}

/// Something that a template names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Use {
    /// A field, as the names on the way to it: `[]` for an item of a list.
    Field(Vec<String>),
    /// A list that is gone through, as the way to it.
    Loop(Vec<String>),
    /// A filter that does not exist.
    UnknownFilter(String),
    /// A test that does not exist.
    UnknownTest(String),
    /// A function, with its name.
    Function(String),
    /// A tag that is not part of the language.
    UnknownTag(String),
    /// A way of writing that is not part of the language.
    Unsupported(&'static str),
}

const KEYWORDS: [&str; 12] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "None"];
const LOOP_FIELDS: [&str; 5] = ["index", "index0", "first", "last", "length"];

/// Everything that a template names, in order, each with its line. The template is known to parse.
pub(super) fn uses(source: &str) -> Vec<(usize, Use)> {
    let mut uses = Vec::new();
    let mut scopes: Vec<(String, Vec<String>)> = Vec::new();
    for tag in tags(source) {
        let line = tag.line;
        let mut found = Vec::new();
        if tag.prints {
            expression(&tag.tokens, &scopes, &mut found);
        } else {
            statement(&tag.tokens, &mut scopes, &mut found);
        }
        uses.extend(found.into_iter().map(|found| (line, found)));
    }
    uses
}

fn statement(tokens: &[Token], scopes: &mut Vec<(String, Vec<String>)>, found: &mut Vec<Use>) {
    let Some((Token::Name(tag), rest)) = tokens.split_first() else {
        found.push(Use::Unsupported("an empty tag"));
        return;
    };
    match tag.as_str() {
        "if" | "elif" => expression(rest, scopes, found),
        "else" | "endif" => {}
        "endfor" => {
            scopes.pop();
        }
        "for" => match rest {
            [Token::Name(item), Token::Name(into), list @ ..] if into == "in" => {
                let (way, taken) = chain(list, scopes);
                let called = list.get(taken) == Some(&Token::Sign('('));
                found.push(if called { Use::Function(way.join(".")) } else { Use::Loop(way.clone()) });
                let mut item_way = way;
                item_way.push("[]".to_owned());
                scopes.push((item.clone(), item_way));
                // What follows may only choose among the items.
                match list.get(taken) {
                    None => {}
                    Some(_) if called => {}
                    Some(Token::Name(word)) if word == "if" => expression(&list[taken + 1..], scopes, found),
                    Some(_) => found.push(Use::Unsupported("for goes through a field that is a list")),
                }
            }
            _ => {
                scopes.push((String::new(), Vec::new()));
                found.push(Use::Unsupported("for names one item: write `for item in list`"));
            }
        },
        other => found.push(Use::UnknownTag(other.to_owned())),
    }
}

fn expression(tokens: &[Token], scopes: &[(String, Vec<String>)], found: &mut Vec<Use>) {
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        match &tokens[at] {
            Token::Name(name) if before == Some(&Token::Sign('|')) => {
                if !FILTERS.contains(&name.as_str()) {
                    found.push(Use::UnknownFilter(name.clone()));
                }
                at += 1;
            }
            Token::Name(name) if is_test(&tokens[..at]) && name != "not" => {
                if !TESTS.contains(&name.as_str()) {
                    found.push(Use::UnknownTest(name.clone()));
                }
                at += 1;
            }
            Token::Name(name) if KEYWORDS.contains(&name.as_str()) => at += 1,
            Token::Name(_) => {
                let (way, taken) = chain(&tokens[at..], scopes);
                at += taken;
                match tokens.get(at) {
                    Some(Token::Sign('(')) => found.push(Use::Function(way.join("."))),
                    Some(Token::Sign('[')) => {
                        found.push(Use::Unsupported("a field is named after a dot: write a.b, not a[…]"));
                    }
                    _ => found.push(Use::Field(way)),
                }
            }
            _ => at += 1,
        }
    }
}

/// Whether what stands before a name makes it the name of a test: `is` or `is not`.
fn is_test(before: &[Token]) -> bool {
    let word = |token: Option<&Token>, expected: &str| token == Some(&Token::Name(expected.to_owned()));
    let last = before.last();
    word(last, "is") || word(last, "not") && word(before.iter().rev().nth(1), "is")
}

/// The names from here on that are joined by dots, from the view's root on; and how many tokens they take.
fn chain(tokens: &[Token], scopes: &[(String, Vec<String>)]) -> (Vec<String>, usize) {
    let Some(Token::Name(root)) = tokens.first() else { return (Vec::new(), 0) };
    let bound = scopes.iter().rev().find(|(name, _)| name == root);
    let mut way = match bound {
        Some((_, way)) => way.clone(),
        None => vec![root.clone()],
    };
    let mut taken = 1;
    while let [Token::Sign('.'), Token::Name(field), ..] = &tokens[taken..] {
        way.push(field.clone());
        taken += 2;
    }
    // `loop` is the engine's own, and only inside a loop.
    if bound.is_none() && root == "loop" && !scopes.is_empty() {
        let known = way.len() == 2 && LOOP_FIELDS.contains(&way[1].as_str());
        way = if known { Vec::new() } else { way };
    }
    (way, taken)
}

/// The tags of a template. Comments are left out.
fn tags(source: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(at) = rest.find('{') {
        line += rest[..at].matches('\n').count();
        rest = &rest[at..];
        if let Some(inside) = rest.strip_prefix("{#") {
            let end = inside.find("#}").map_or(inside.len(), |end| end + 2);
            line += inside[..end].matches('\n').count();
            rest = &inside[end..];
        } else if let Some(inside) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("{%")) {
            let prints = rest.starts_with("{{");
            let (tokens, length) = tokens(inside, if prints { "}}" } else { "%}" });
            tags.push(Tag { line, prints, tokens });
            line += inside[..length].matches('\n').count();
            rest = &inside[length..];
        } else {
            rest = &rest[1..];
        }
    }
    tags
}

/// The tokens up to `end`, and how many bytes they and it take. White-space marks at both ends are left out.
fn tokens(inside: &str, end: &str) -> (Vec<Token>, usize) {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = inside[at..].chars().next() {
        let rest = &inside[at..];
        if rest.starts_with(end) {
            at += end.len();
            break;
        }
        let length = if c.is_alphabetic() || c == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(Token::Name(rest[..length].to_owned()));
            length
        } else if c.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            tokens.push(Token::Figure(rest[..length].to_owned()));
            length
        } else if c == '"' || c == '\'' {
            let length = text_length(rest, c);
            tokens.push(Token::Text(rest[..length].to_owned()));
            length
        } else {
            if !c.is_whitespace() && !matches!(c, '-' | '+') {
                tokens.push(Token::Sign(c));
            }
            c.len_utf8()
        };
        at += length;
    }
    (tokens, at)
}

/// How many bytes a quoted text takes, quotes included.
fn text_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}
