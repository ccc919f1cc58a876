//! Reads Rust just well enough to say which paths a file names, and on which line.
//!
//! It knows comments, strings, `use` groups, `super`, inline modules and `#[cfg(test)]`; it expands no macros and
//! follows no re-exports. What it misses the compiler cannot tell us either, as one crate has one namespace.

/// A path that is named somewhere, like `crate::domain::ids::CaseId` or `tokio::spawn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The line, counted from one.
    pub line: usize,
    /// Its segments; a path of our own crate begins with `crate`, however it was written.
    pub path: Vec<String>,
}

impl Named {
    /// The module at the top of our crate that is named, if it is one of ours.
    pub fn ours(&self) -> Option<&str> {
        (self.path[0] == "crate").then(|| self.path.get(1).map_or("*", String::as_str))
    }

    /// Whether it names `what`: a crate by its first segment, anything longer wherever it stands.
    pub fn names(&self, what: &str) -> bool {
        let what: Vec<&str> = what.split("::").collect();
        match what.as_slice() {
            [name] => self.path[0] == *name,
            several => self.path.windows(several.len()).any(|some| some == several),
        }
    }
}

/// The code alone: comments and what stands in strings and characters become spaces, and lines stay where they are.
pub fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = blank_until(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// Where the comment or literal that begins at `at` ends; `at` itself where none does.
fn blank_until(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let after_a_word = at > 0 && is_word(chars[at - 1]);
    match rest {
        ['/', '/', ..] => at + rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => at + nested_comment(rest),
        ['"', ..] => at + quoted(rest, '"'),
        ['\'', '\\', ..] => at + quoted(rest, '\''),
        ['\'', _, '\'', ..] => at + 3,
        ['r', ..] if !after_a_word => at + raw_string(&rest[1..]).map_or(0, |length| length + 1),
        ['b' | 'c', 'r', ..] if !after_a_word => at + raw_string(&rest[2..]).map_or(0, |length| length + 2),
        _ => at,
    }
}

fn nested_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at + 1 < rest.len() {
        match rest[at..at + 2] {
            ['/', '*'] => (depth, at) = (depth + 1, at + 2),
            ['*', '/'] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// The length of `"…"` or `#"…"#`, behind the `r`.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|&&c| c == '#').count();
    if rest.get(hashes) != Some(&'"') {
        return None;
    }
    let closes = |at: &usize| {
        rest[*at] == '"' && rest[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
    };
    Some((hashes + 1..rest.len()).find(closes).map_or(rest.len(), |at| at + 1 + hashes))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Code without what is compiled for tests alone; lines stay where they are.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut rest = code;
    let mut kept = String::with_capacity(code.len());
    while let Some(at) = rest.find(MARK) {
        let item = &rest[at + MARK.len()..];
        let end = at + MARK.len() + item_length(item);
        kept.push_str(&rest[..at]);
        kept.extend(rest[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    kept + rest
}

/// The modules in files of their own that are compiled for tests alone.
pub fn test_modules(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (at, mark) in code.match_indices("#[cfg(test)]") {
        let item = &code[at + mark.len()..];
        let words: Vec<&str> = item[..item_length(item)].split_whitespace().collect();
        if let Some(name) = words.iter().position(|&word| word == "mod").and_then(|at| words.get(at + 1)) {
            modules.push(name.trim_end_matches(';').to_owned());
        }
    }
    modules
}

/// How long the item is that begins here: to its `;`, or to the `}` of its first `{`.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ';' || c == '}') {
            return at + 1;
        }
    }
    item.len()
}

/// Every path that is named in a module's code, `module` being its own path from the top of the crate.
pub fn paths(code: &str, module: &[String]) -> Vec<Named> {
    let tokens = tokens(code);
    let mut named = Vec::new();
    // Modules inside the file, each with the number of braces open around it.
    let mut inline: Vec<usize> = Vec::new();
    let mut here: Vec<String> = std::iter::once("crate".to_owned()).chain(module.iter().cloned()).collect();
    let (mut at, mut braces) = (0, 0);
    while at < tokens.len() {
        let word = |offset: usize| tokens.get(at + offset).map_or("", |token| token.text);
        let before = at.checked_sub(1).map_or("", |at| tokens[at].text);
        if word(0) == "mod" && word(2) == "{" {
            here.push(word(1).to_owned());
            inline.push(braces);
            (at, braces) = (at + 3, braces + 1);
            continue;
        }
        if word(0) == "{" {
            braces += 1;
        } else if word(0) == "}" {
            braces -= 1;
            if inline.last() == Some(&braces) {
                inline.pop();
                here.pop();
            }
        }
        let begins = word(0).starts_with(is_word) && before != "::" && (word(1) == "::" || before == "use");
        if begins {
            at = tree(&tokens, at, &here, &mut Vec::new(), &mut named);
        } else {
            at += 1;
        }
    }
    named
}

/// Reads one path with its groups from `at` on; gives where it ends.
fn tree(
    tokens: &[Token<'_>],
    mut at: usize,
    here: &[String],
    path: &mut Vec<String>,
    named: &mut Vec<Named>,
) -> usize {
    let line = tokens[at].line;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "crate" | "usher" if path.is_empty() => path.push("crate".to_owned()),
            "self" if path.is_empty() => path.extend_from_slice(here),
            "self" => {}
            "super" => {
                if path.is_empty() {
                    path.extend_from_slice(here);
                }
                path.truncate(path.len().saturating_sub(1).max(1));
            }
            "{" => return group(tokens, at + 1, here, path, named),
            text => path.push(text.to_owned()),
        }
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|token| token.text == "::")
            && tokens
                .get(at + 1)
                .is_some_and(|token| token.text.starts_with(is_word) || ["{", "*"].contains(&token.text));
        if !goes_on {
            break;
        }
        at += 1;
    }
    named.push(Named { line, path: path.clone() });
    at
}

fn group(
    tokens: &[Token<'_>],
    mut at: usize,
    here: &[String],
    path: &[String],
    named: &mut Vec<Named>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text {
            "}" => return at + 1,
            "," => at += 1,
            "as" => at += 2,
            _ => at = tree(tokens, at, here, &mut path.to_vec(), named),
        }
    }
    at
}

/// A word, `::`, or any other character that is no space.
#[derive(Debug)]
struct Token<'a> {
    line: usize,
    text: &'a str,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push(Token { line: number + 1, text: &rest[..length] });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, module: &str) -> Vec<String> {
        let module: Vec<String> = module.split("::").map(str::to_owned).collect();
        paths(&without_tests(&code(text)), &module).iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        for text in [
            "// crate::store::Store",
            "/* a /* nested */ crate::store */",
            "//! [`crate::store`]",
            r#"let a = "crate::store \" crate::mail";"#,
            "let a = r#\"crate::store \" crate::mail\"#;",
            "let a = br\"crate::store\";",
        ] {
            assert_eq!(named(text, "domain"), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_lifetime_or_a_character_hides_nothing_behind_it() {
        let text = "fn a<'a>(b: &'a str) { '\"'; '\\''; crate::store::open() }";
        assert_eq!(named(text, "domain"), ["crate::store::open"]);
    }

    #[test]
    fn every_way_to_write_a_path_comes_out_as_the_same_path() {
        for (text, module, expected) in [
            (
                "use crate::{a::b, c::{d, e as f}, self as us};",
                "x",
                "crate::a::b crate::c::d crate::c::e crate",
            ),
            ("use super::{y, super::z};", "x::w", "crate::x::y crate::z"),
            ("fn f() { super::super::a::g() }", "x::y", "crate::a::g"),
            ("use self::y;", "x", "crate::x::y"),
            (
                "mod inner { use super::y; use super::super::z; }\nuse super::w;",
                "x",
                "crate::x::y crate::z crate::w",
            ),
            ("macro_rules! m { () => { $crate::a::B } }", "x", "crate::a::B"),
            ("use usher::store::Store;", "main", "crate::store::Store"),
            ("use std::{fs, io::{self, Write}};", "x", "std::fs std::io std::io::Write"),
            ("let v = Vec::<crate::a::B>::new();", "x", "Vec crate::a::B"),
            ("use lettre;", "x", "lettre"),
            ("use crate::*;", "x", "crate::*"),
            ("pub(crate) fn f() {}", "x", ""),
        ] {
            assert_eq!(named(text, module).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_is_for_tests_alone_is_left_out_and_lines_stay() {
        let text = "use crate::a;\n#[cfg(test)]\nmod tests {\n    use crate::b;\n}\nuse crate::c;\n";
        let found = paths(&without_tests(&code(text)), &["x".to_owned()]);
        assert_eq!(
            found.iter().map(|named| (named.line, named.ours())).collect::<Vec<_>>(),
            [(1, Some("a")), (6, Some("c"))]
        );
        assert_eq!(
            test_modules("#[cfg(test)]\npub mod example;\n#[cfg(test)]\nmod tests { }"),
            ["example", "tests"]
        );
    }

    #[test]
    fn a_crate_is_named_by_the_first_segment_only() {
        let path = Named { line: 1, path: vec!["crate".into(), "config".into(), "Utc".into(), "now".into()] };
        assert!(!path.names("config"));
        assert!(path.names("Utc::now"));
    }
}
