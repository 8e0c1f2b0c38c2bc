//! The text in a README that names a server: `mcp-name: <server name>`.

use super::question::{Answer, Question};

/// Whether a README names a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Found,
    /// Only with another character right after the name, so that it may be another name.
    Glued,
    Absent,
}

/// Judges a README; `place` is what people call it.
pub(super) fn judge(question: &Question, readme: &str, place: &str) -> Answer {
    let (title, marker) = (question.title(), format!("mcp-name: {}", question.server));
    match find(readme, &marker) {
        Marker::Found => Answer::proven(format!("{place} of {title} has \"{marker}\"")),
        Marker::Glued => Answer::unproven(
            format!("{place} of {title} has \"{marker}\", but another character follows the name"),
            "put a space or a line break after the name, and publish a new version of the package",
        ),
        Marker::Absent => Answer::unproven(
            format!("{place} of {title} does not have \"{marker}\""),
            format!(
                "add the text {marker} to the README, and publish a new version of the package"
            ),
        ),
    }
}

/// The name has to end where the text does, or before a character that no name has; the end of an HTML comment counts.
fn find(readme: &str, marker: &str) -> Marker {
    let ends = |rest: &str| {
        let next = rest.bytes().next();
        let is_part = |b: u8| b.is_ascii_alphanumeric() || b"._/-".contains(&b);
        !next.is_some_and(is_part) || rest.starts_with("-->") || rest.starts_with("--!>")
    };
    let mut found = Marker::Absent;
    for (at, _) in readme.match_indices(marker) {
        if ends(&readme[at + marker.len()..]) {
            return Marker::Found;
        }
        found = Marker::Glued;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_to_end() {
        let marker = "mcp-name: com.example/a";
        for found in [
            "mcp-name: com.example/a",
            "<!-- mcp-name: com.example/a -->",
            "<!--mcp-name: com.example/a-->",
            "<!--mcp-name: com.example/a--!>",
            "xmcp-name: com.example/a, and more",
            "mcp-name: com.example/ab\nmcp-name: com.example/a\n",
            "mcp-name: com.example/a\u{e9}",
        ] {
            assert_eq!(find(found, marker), Marker::Found, "{found}");
        }
        for glued in
            ["mcp-name: com.example/ab", "mcp-name: com.example/a-", "mcp-name: com.example/a.b"]
        {
            assert_eq!(find(glued, marker), Marker::Glued, "{glued}");
        }
        for absent in
            ["mcp-name:com.example/a", "MCP-Name: com.example/a", "mcp-name:  com.example/a", ""]
        {
            assert_eq!(find(absent, marker), Marker::Absent, "{absent}");
        }
    }
}
