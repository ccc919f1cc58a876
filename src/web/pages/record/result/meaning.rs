//! What the active pack knows of the court's codes: which of them it has a meaning for, and what that is called.
//!
//! Whoever enters a code that nothing here knows is to hear at once that a person will look at it, and not when nobody was
//! told. The pack's own text is asked, since the API tells what codes mean only once a result is recorded.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::refusal::Refusal;
use std::collections::HashMap;

/// The file of a pack in which the meanings of codes stand.
const FILE: &str = "outcomes.yaml";
/// What each meaning begins with.
const BEGINS: &str = "- ";

/// Codes with the titles of their meanings; none where the pack says them in another way than is read here.
#[derive(Debug, Default)]
pub(super) struct Meanings(Option<HashMap<String, String>>);

impl Meanings {
    /// Reads those of the active pack.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn read(visitor: &Visitor) -> Result<Self, Refusal> {
        let asked = pb::GetPackRequest { hash: String::new() };
        let files = visitor.calls.packs().get_pack(asked).await?.into_inner().files.unwrap_or_default().files;
        let file = files.iter().find(|file| file.path == FILE);
        Ok(file.map_or_else(Self::default, |file| Self::of(&String::from_utf8_lossy(&file.content))))
    }

    /// Those of a file's text.
    fn of(text: &str) -> Self {
        let mut codes = HashMap::new();
        let plain: Vec<&str> = text.lines().map(without_comment).collect();
        for entry in plain.join("\n").split(&format!("\n{BEGINS}")) {
            // What counts only with a qualifier cannot be told by its code alone.
            let own = entry.split("also:").next().unwrap_or_default();
            if own.contains("qualifiers:") {
                continue;
            }
            let title = title_of(own);
            for code in ["short:", "cjs:"].iter().flat_map(|key| values_of(own, key)) {
                codes.entry(code.to_uppercase()).or_insert_with(|| title.clone());
            }
        }
        Self((!codes.is_empty()).then_some(codes))
    }

    /// What a code is called; none where the pack has no meaning for it.
    #[must_use]
    pub fn title(&self, code: &str) -> Option<&str> {
        self.0.as_ref()?.get(&code.to_uppercase()).map(String::as_str)
    }

    /// Whether it is known that the pack has no meaning for it.
    #[must_use]
    pub fn lacks(&self, code: &str) -> bool {
        self.0.as_ref().is_some_and(|codes| !codes.contains_key(&code.to_uppercase()))
    }
}

/// A line without what stands behind a `#`.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') { "" } else { line.split(" #").next().unwrap_or(line) }
}

/// What a meaning is called.
fn title_of(entry: &str) -> String {
    let Some((_, from)) = entry.split_once("title:") else { return String::new() };
    let line = from.lines().next().unwrap_or_default();
    // In a meaning of one line the title ends where the next key begins.
    let keys = [
        ", told:",
        ", final:",
        ", topic:",
        ", short:",
        ", cjs:",
        ", types:",
        ", verdicts:",
        ", pleas:",
        " }",
    ];
    let end = keys.iter().filter_map(|key| line.find(key)).min().unwrap_or(line.len());
    line[..end].trim().trim_matches('"').to_owned()
}

/// The values of a list, whether it is written in brackets or a line each.
fn values_of<'a>(entry: &'a str, key: &str) -> Vec<&'a str> {
    let Some((_, from)) = entry.split_once(key) else { return Vec::new() };
    match from.trim_start().strip_prefix('[') {
        Some(list) => {
            let list = list.split(']').next().unwrap_or_default();
            list.split(',').map(str::trim).filter(|value| !value.is_empty()).collect()
        }
        None => {
            let lines = from.lines().skip(1).map(str::trim);
            lines.map_while(|line| line.strip_prefix(BEGINS)).map(str::trim).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Codes\n\n- outcome: dismissed\n  title: The court dismissed the charge\n  cjs: [2006, 2064]\n  \
                        short: [DISM]\n\n# More\n- { outcome: refused, title: It was refused, told: false, short: [SMVN] }\n\
                        - outcome: bail\n  title: Bail, with conditions\n  qualifiers: [LI]\n  short: [RCBV]\n\
                        - outcome: put-off\n  title: Put off\n  short:\n    - PORT1 # one\n    - PORT2\n  also:\n    - { short: [A], qualifiers: [K] }\n";

    #[test]
    fn codes_are_called_as_the_pack_calls_them() {
        let read = Meanings::of(TEXT);
        assert_eq!(read.title("2064"), Some("The court dismissed the charge"));
        assert_eq!(read.title("dism"), Some("The court dismissed the charge"));
        assert_eq!(read.title("SMVN"), Some("It was refused"));
        assert_eq!(read.title("PORT1"), Some("Put off"));
        assert_eq!(read.title("PORT2"), Some("Put off"));
    }

    #[test]
    fn a_code_without_a_meaning_of_its_own_is_lacking_unless_nothing_could_be_read() {
        let read = Meanings::of(TEXT);
        for code in ["9999", "RCBV", "A"] {
            assert!(read.lacks(code), "{code}");
        }
        assert!(!Meanings::of("other: words").lacks("9999"));
    }
}
