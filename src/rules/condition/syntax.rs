//! From text to CEL's syntax tree, with limits, readable errors, and a span for every part.
//!
//! The grammar and its parser are those of the `cel` crate. Three things are ours. The parser takes up to 190 kB of
//! stack for each level of brackets in a debug build, so that thirty open brackets kill a thread of the usual
//! size: brackets are counted first, and parsing has a stack of its own. It says where a part's *operator* stands,
//! so the extent of the whole part is worked out here. And its messages list token sets, so they are reworded.

use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, SourceInfo, operators};

use super::fault::Fault;

/// The longest condition, in bytes. The longest anyone should have to review is a tenth of it.
const TEXT_MAX: usize = 2_000;
/// The deepest nesting of brackets.
const NESTING_MAX: usize = 16;
/// The stack for parsing and checking one condition, in bytes: five times what the limits above can use up.
const STACK: usize = 32 << 20;

/// A condition's text with where its parts are.
pub(super) struct Syntax<'t> {
    text: &'t str,
    places: SourceInfo,
    /// The brackets that are not inside quotes or comments, in order.
    brackets: Vec<(usize, u8)>,
}

/// Parses `text` and hands the tree to `then`, on a stack that is large enough for both.
pub(super) fn with_tree<T: Send>(
    text: &str,
    then: impl FnOnce(&Syntax<'_>, &IdedExpr) -> Result<T, Vec<Fault>> + Send,
) -> Result<T, Vec<Fault>> {
    within_limits(text)?;
    let work = || {
        // An environment without macros leaves `exists` and the like as the calls they are written as.
        let parser = cel::Env::default().parser();
        let (tree, places) = parser.parse_with_source_info(text).map_err(|errors| reworded(text, &errors))?;
        then(&Syntax { text, places, brackets: brackets(text) }, &tree)
    };
    let whole =
        |message: &str| vec![Fault { span: 0..text.len(), message: message.to_owned(), suggestion: None }];
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("condition".to_owned()).stack_size(STACK);
        let running =
            thread.spawn_scoped(scope, work).map_err(|_| whole("no memory is left to read a condition"))?;
        running.join().unwrap_or_else(|_| Err(whole("this text cannot be read as a condition")))
    })
}

fn within_limits(text: &str) -> Result<(), Vec<Fault>> {
    let fault = |at: usize, message: String| {
        Err(vec![Fault { span: at..text.len(), message, suggestion: Some("split it in two".to_owned()) }])
    };
    if text.len() > TEXT_MAX {
        let at = (0..=TEXT_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        return fault(at, format!("a condition has at most {TEXT_MAX} bytes, this one has {}", text.len()));
    }
    let mut open = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > NESTING_MAX {
            return fault(at, format!("brackets are nested more than {NESTING_MAX} deep here"));
        }
    }
    Ok(())
}

impl Syntax<'_> {
    /// The text of a span.
    pub(super) fn at(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The whole of an expression, with its brackets.
    pub(super) fn extent(&self, expr: &IdedExpr) -> Range<usize> {
        let own = self.token(expr);
        let span = match &expr.expr {
            Expr::Select(select) => self.extent(&select.operand).start..self.after_dot(expr).end,
            Expr::List(_) | Expr::Map(_) | Expr::Struct(_) => own.start..self.closing(own.start),
            Expr::Call(call) if !is_operator(call) => {
                self.before_bracket(expr, call).start..self.closing(own.start)
            }
            Expr::Call(call) if call.func_name == operators::OPT_SELECT => {
                self.first(call, &own).start..self.after_dot(expr).end
            }
            Expr::Call(call) if call.func_name == operators::INDEX => {
                self.first(call, &own).start..self.closing(own.start)
            }
            Expr::Call(call) => call
                .args
                .iter()
                .map(|part| self.extent(part))
                .fold(own, |whole, part| whole.start.min(part.start)..whole.end.max(part.end)),
            _ => own,
        };
        self.balanced(span)
    }

    /// The name of a field, or of a function or method, where it is written.
    pub(super) fn name(&self, expr: &IdedExpr) -> Range<usize> {
        match &expr.expr {
            Expr::Select(_) => self.after_dot(expr),
            Expr::Call(call) if call.func_name == operators::OPT_SELECT => self.after_dot(expr),
            Expr::Call(call) if !is_operator(call) => {
                self.name_before(self.token(expr).start, &call.func_name)
            }
            _ => self.token(expr),
        }
    }

    /// The token at which the parser places an expression: its operator, dot, bracket, or all of a literal or name.
    fn token(&self, expr: &IdedExpr) -> Range<usize> {
        let (start, last) = self.places.offset_for(expr.id).unwrap_or_default();
        let on_boundary = |at: usize| (at..=self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let start = on_boundary(start as usize).unwrap_or(self.text.len());
        let end = on_boundary((last as usize).saturating_add(1)).unwrap_or(self.text.len());
        start..end.max(start)
    }

    fn first(&self, call: &CallExpr, otherwise: &Range<usize>) -> Range<usize> {
        call.args.first().map_or(otherwise.clone(), |operand| self.extent(operand))
    }

    fn after_dot(&self, expr: &IdedExpr) -> Range<usize> {
        let dot = self.token(expr);
        let rest = self.text.get(dot.end..).unwrap_or_default();
        let start = dot.end + rest.find(|c: char| c.is_alphanumeric() || c == '_').unwrap_or(0);
        let name = self.text.get(start..).unwrap_or_default();
        start..start + name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len())
    }

    fn before_bracket(&self, expr: &IdedExpr, call: &CallExpr) -> Range<usize> {
        match &call.target {
            Some(target) => self.extent(target),
            None => self.name(expr),
        }
    }

    fn name_before(&self, bracket: usize, name: &str) -> Range<usize> {
        let start = self.text.get(..bracket).and_then(|before| before.rfind(name)).unwrap_or(bracket);
        start..(start + name.len()).min(self.text.len())
    }

    /// Just past the bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        let from = self.brackets.partition_point(|(at, _)| *at < open);
        for (at, bracket) in self.brackets[from..].iter().copied() {
            depth = if matches!(bracket, b'(' | b'[' | b'{') { depth + 1 } else { depth.saturating_sub(1) };
            if depth == 0 {
                return at + 1;
            }
        }
        self.text.len()
    }

    /// The span widened over brackets of which it holds only one half: the tree has no nodes for brackets.
    fn balanced(&self, span: Range<usize>) -> Range<usize> {
        let mut open: Vec<usize> = Vec::new();
        let mut end = span.end;
        let mut start = span.start;
        let mut before: Vec<usize> = Vec::new();
        for (at, bracket) in self.brackets.iter().copied() {
            let opens = matches!(bracket, b'(' | b'[' | b'{');
            match (at < span.start, at < span.end, opens) {
                (true, _, true) => before.push(at),
                (true, _, false) => drop(before.pop()),
                (false, true, true) => open.push(at),
                (false, true, false) if open.pop().is_none() => start = before.pop().unwrap_or(start),
                (false, false, true) if !open.is_empty() => open.push(at),
                (false, false, false) if open.pop().is_some() => end = at + 1,
                _ => {}
            }
        }
        start..end
    }
}

/// Whether a call is an operator, which has no bracket of its own.
fn is_operator(call: &CallExpr) -> bool {
    call.func_name.contains('_') && !call.func_name.starts_with(|c: char| c.is_alphanumeric())
        || call.func_name == operators::IN
        || call.func_name == operators::NEGATE
        || call.func_name == operators::LOGICAL_NOT
}

/// The brackets of a text that are not inside quotes or comments, each with its place.
fn brackets(text: &str) -> Vec<(usize, u8)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut quote: Option<u8> = None;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            // What follows a backslash is part of the text, whatever it is.
            (Some(_), b'\\') => at += 1,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'/') if bytes.get(at + 1) == Some(&b'/') => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            (None, b'(' | b'[' | b'{' | b')' | b']' | b'}') => found.push((at, byte)),
            (None, _) => {}
        }
        at += 1;
    }
    found
}

/// The parser's errors in plain words, the first few; the parser's own complaints after an error are its echo.
fn reworded(text: &str, errors: &cel::ParseErrors) -> Vec<Fault> {
    const SHOWN_MAX: usize = 3;
    let mut faults: Vec<Fault> = Vec::new();
    for error in &errors.errors {
        let echo = !faults.is_empty() && !error.msg.contains("token recognition");
        if !echo && faults.len() < SHOWN_MAX {
            faults.push(plain_words(text, offset_of(text, error.pos), &error.msg));
        }
    }
    if faults.is_empty() {
        faults.push(Fault {
            span: 0..text.len(),
            message: "this is not a condition".to_owned(),
            suggestion: None,
        });
    }
    faults
}

/// The byte at a line and column, both counted from 1, columns in characters.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let (line, column) =
        (usize::try_from(line).unwrap_or(1).max(1), usize::try_from(column).unwrap_or(1).max(1));
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &text[start..];
    start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
}

fn plain_words(text: &str, start: usize, message: &str) -> Fault {
    let message = message.trim_start_matches("Syntax error: ");
    let rest = &text[start..];
    if rest.trim().is_empty() && !message.starts_with("Incomplete") {
        let message =
            if text.trim().is_empty() { "the condition is empty" } else { "the condition ends too early" };
        let suggestion = message_wants(message, text);
        return Fault { span: start..text.len(), message: message.to_owned(), suggestion };
    }
    let length = match rest.find(|c: char| !c.is_alphanumeric() && c != '_') {
        Some(0) => rest.chars().next().map_or(0, char::len_utf8),
        Some(end) => end,
        None => rest.len(),
    };
    let span = start..start + length;
    let found = &text[span.clone()];
    let (message, suggestion) = match found {
        "'" | "\"" => {
            (format!("the text that {found} opens is never closed, or holds a wrong \\ sequence"), None)
        }
        "=" => ("`=` is not an operator".to_owned(), Some("write `==` to compare".to_owned())),
        "&" | "and" | "AND" => (format!("`{found}` is not an operator"), Some("write `&&`".to_owned())),
        "|" | "or" | "OR" => (format!("`{found}` is not an operator"), Some("write `||`".to_owned())),
        "not" | "NOT" => (format!("`{found}` is not an operator"), Some("write `!`".to_owned())),
        "is" => ("`is` is not an operator".to_owned(), Some("write `==` to compare".to_owned())),
        "“" | "”" | "‘" | "’" => {
            ("curly quotes do not make a text".to_owned(), Some("write '…'".to_owned()))
        }
        _ if message.contains("'`'") || found == "`" => {
            ("names are written without backticks".to_owned(), None)
        }
        _ if message.starts_with("reserved") => (format!("`{found}` is a reserved word"), None),
        _ if message.starts_with("token recognition") => {
            (format!("`{found}` means nothing in a condition"), None)
        }
        _ if message.contains("Recursion limit") => ("this is nested too deep".to_owned(), None),
        _ if message.starts_with("invalid int") => ("this number is too large".to_owned(), None),
        _ if message.starts_with("Incomplete `Expr") => {
            ("a choice needs both answers".to_owned(), Some("write `a ? b : c`".to_owned()))
        }
        _ => match not_before(text, start) {
            true => ("`not` is not an operator".to_owned(), Some("write `!`".to_owned())),
            false => (format!("`{found}` does not belong here"), None),
        },
    };
    Fault { span, message, suggestion }
}

fn message_wants(message: &str, text: &str) -> Option<String> {
    let open = brackets(text).into_iter().fold(0_isize, |open, (_, bracket)| {
        if matches!(bracket, b'(' | b'[' | b'{') { open + 1 } else { open - 1 }
    });
    (message.ends_with("early") && open > 0).then(|| "a bracket is still open".to_owned())
}

fn not_before(text: &str, start: usize) -> bool {
    text[..start].trim_end().split(|c: char| !c.is_alphanumeric()).next_back() == Some("not")
}
