//! What a domain signs to publish something in a registry, byte for byte.
//!
//! ```text
//! mcp-registry-proof v1
//! audience: https://registry.example.org
//! action: publish
//! domain: example.com
//! name: com.example/weather
//! version: 1.2.3
//! sha256: 5f2b… 64 digits
//! issued: 2026-11-22T06:00:00Z
//! ```
//!
//! No field can hold a line break, so no field can imitate another and two different statements are
//! two different texts. The first line is not a time, so a signature that was made to log in at the
//! official registry (which signs a bare RFC 3339 time) is never a proof, and no proof is ever a login.

use crate::model::Timestamp;
use crate::text::{display_as_str, is_lower_hex};

/// The first line of every statement.
const TITLE: &str = "mcp-registry-proof v1";

/// What the signer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Publish a version: the proof is beside `server.json`.
    Publish,
    /// Set a version's status: the proof is beside `status.json`.
    SetStatus,
    /// State who may publish for a namespace: the proof is beside the owners file.
    SetOwners,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Publish, Self::SetStatus, Self::SetOwners];

    /// Returns the word in the statement and in the proof file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::SetStatus => "set-status",
            Self::SetOwners => "set-owners",
        }
    }

    /// Parses the word of an action.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

display_as_str!(Action);

/// The parts of a statement. A verifier takes name, version and hash from the file under check and
/// only the rest from the proof.
///
/// For [`Action::SetOwners`] the name is the namespace, the version is [`Statement::NO_VERSION`] and
/// the hash is that of the file's bytes, because TOML has no canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The registry: its `[registry] id`, else its base URL.
    pub audience: &'a str,
    /// What is requested.
    pub action: Action,
    /// The domain that signs, in lower case.
    pub domain: &'a str,
    /// The server's name, or the namespace.
    pub name: &'a str,
    /// The version, or [`Statement::NO_VERSION`].
    pub version: &'a str,
    /// SHA-256 as 64 lower-case hex digits.
    pub sha256: &'a str,
    /// When it was signed: exactly `YYYY-MM-DDTHH:MM:SSZ`.
    pub issued: &'a str,
}

/// Why a statement cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementFault {
    /// A field is empty, or holds something else than printable ASCII, or begins or ends with a space.
    #[error("the {0} is not plain printable ASCII on one line")]
    Text(&'static str),
    /// The domain is not in lower case.
    #[error("the domain is not in lower case")]
    Domain,
    /// The hash is not 64 lower-case hex digits.
    #[error("the sha256 is not 64 lower-case hex digits")]
    Sha256,
    /// The time is not of the form `YYYY-MM-DDTHH:MM:SSZ`.
    #[error("the time is not of the form 2026-11-22T06:00:00Z")]
    Issued,
    /// The whole is longer than [`Statement::MAX`].
    #[error("it would be longer than {} bytes", Statement::MAX)]
    TooLong,
}

impl Statement<'_> {
    /// Most bytes of a statement: what every key service signs as a raw message.
    pub const MAX: usize = 1024;

    /// The version where there is none.
    pub const NO_VERSION: &'static str = "-";

    /// Returns the text to sign: ASCII, line feeds, the last line ended as well.
    pub fn to_text(&self) -> Result<String, StatementFault> {
        let fields = [
            ("audience", self.audience),
            ("action", self.action.as_str()),
            ("domain", self.domain),
            ("name", self.name),
            ("version", self.version),
            ("sha256", self.sha256),
            ("issued", self.issued),
        ];
        if let Some((field, _)) = fields.iter().find(|(_, value)| !is_plain(value)) {
            return Err(StatementFault::Text(field));
        }
        if self.domain.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(StatementFault::Domain);
        }
        if !is_lower_hex(self.sha256, 64) {
            return Err(StatementFault::Sha256);
        }
        if issued(self.issued).is_none() {
            return Err(StatementFault::Issued);
        }
        let lines: String = fields.map(|(field, value)| format!("{field}: {value}\n")).concat();
        let text = format!("{TITLE}\n{lines}");
        if text.len() > Self::MAX { Err(StatementFault::TooLong) } else { Ok(text) }
    }
}

/// Whether a field may hold this text.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| matches!(b, b' '..=b'~'))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

/// Parses the time of a statement, when it has the one form that is allowed.
pub(super) fn issued(text: &str) -> Option<Timestamp> {
    if text.len() == 20 { Timestamp::parse(text).filter(Timestamp::is_canonical) } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHA: &str = "5f2b0000000000000000000000000000000000000000000000000000000000ff";

    fn sample() -> Statement<'static> {
        Statement {
            audience: "https://registry.example.org",
            action: Action::Publish,
            domain: "example.com",
            name: "com.example/weather",
            version: "1.2.3",
            sha256: SHA,
            issued: "2026-11-22T06:00:00Z",
        }
    }

    #[test]
    fn the_text_is_the_documented_one() {
        let text = format!(
            "mcp-registry-proof v1\naudience: https://registry.example.org\naction: publish\n\
             domain: example.com\nname: com.example/weather\nversion: 1.2.3\nsha256: {SHA}\n\
             issued: 2026-11-22T06:00:00Z\n"
        );
        assert_eq!(sample().to_text(), Ok(text));
    }

    #[test]
    fn odd_fields_are_refused() {
        let wrong = |change: fn(&mut Statement<'_>)| {
            let mut statement = sample();
            change(&mut statement);
            statement.to_text().unwrap_err()
        };
        assert_eq!(wrong(|s| s.audience = ""), StatementFault::Text("audience"));
        assert_eq!(wrong(|s| s.name = "a\nversion: 2"), StatementFault::Text("name"));
        assert_eq!(wrong(|s| s.version = "1 "), StatementFault::Text("version"));
        assert_eq!(wrong(|s| s.domain = "exämple.com"), StatementFault::Text("domain"));
        assert_eq!(wrong(|s| s.domain = "Example.com"), StatementFault::Domain);
        assert_eq!(wrong(|s| s.sha256 = "ab"), StatementFault::Sha256);
        for time in
            ["2026-11-22T06:00:00.1Z", "2026-11-22t06:00:00Z", "2026-02-30T06:00:00Z", "now"]
        {
            let statement = Statement { issued: time, ..sample() };
            assert_eq!(statement.to_text(), Err(StatementFault::Issued), "{time}");
        }
        let long = "a".repeat(900);
        assert_eq!(
            Statement { audience: &long, ..sample() }.to_text(),
            Err(StatementFault::TooLong)
        );
    }

    /// A field's text: mostly what imitates other fields.
    fn field() -> impl Strategy<Value = String> {
        prop_oneof!["[ -~]{0,12}", "(: |name|version|a|b|\n){0,5}", "[a-c]{1,2}"]
    }

    type Fields = (String, usize, String, String, String, u8);

    fn parts() -> impl Strategy<Value = Fields> {
        (field(), 0..3usize, field(), field(), field(), 0..3u8)
    }

    fn text(parts: &Fields) -> Option<String> {
        let (audience, action, domain, name, version, sha) = parts;
        Statement {
            audience,
            action: Action::ALL[*action],
            domain,
            name,
            version,
            sha256: &format!("{sha:064x}"),
            issued: "2026-11-22T06:00:00Z",
        }
        .to_text()
        .ok()
    }

    proptest! {
        #[test]
        fn two_statements_are_two_texts(a in parts(), b in parts()) {
            if let (Some(x), Some(y)) = (text(&a), text(&b)) {
                prop_assert_eq!(a == b, x == y);
            }
        }

        #[test]
        fn a_text_has_eight_lines_and_gives_its_fields_back(a in parts()) {
            if let Some(text) = text(&a) {
                let lines: Vec<&str> = text.lines().collect();
                prop_assert_eq!(lines.len(), 8);
                prop_assert_eq!(lines[1].strip_prefix("audience: "), Some(&*a.0));
                prop_assert_eq!(lines[4].strip_prefix("name: "), Some(&*a.3));
                prop_assert_eq!(lines[5].strip_prefix("version: "), Some(&*a.4));
                prop_assert!(text.is_ascii() && text.ends_with('\n') && text.len() <= 1024);
            }
        }
    }
}
