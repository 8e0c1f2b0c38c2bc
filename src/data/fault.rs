//! Says why a file is not JSON: what it looks like instead, and how to fix it.

use crate::diag::json::SyntaxError;
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, SourceFile, Span};

/// Returns the finding for bytes that are another kind of file than text in UTF-8, told by their beginning.
/// It has no excerpt, because the bytes are not readable.
pub fn other_file(path: &str, bytes: &[u8]) -> Option<Box<Diagnostic>> {
    let (what, help) = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => ("UTF-32 text", convert("UTF-32")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("UTF-16 text", convert("UTF-16")),
        // JSON begins with two ASCII characters (RFC 4627, section 3).
        [1..=0xff, 0, 0, 0, ..] => ("UTF-32 text", convert("UTF-32LE")),
        [1..=0xff, 0, 1..=0xff, 0, ..] => ("UTF-16 text", convert("UTF-16LE")),
        [0, 1..=0xff, 0, 1..=0xff, ..] => ("UTF-16 text", convert("UTF-16BE")),
        [0x1f, 0x8b, ..] => ("a gzip file", "run `gunzip` on it first".to_owned()),
        [b'P', b'K', 3, 4, ..] => {
            let help = "an MCP bundle is named in \"packages\" of a server.json, by the URL of its release";
            ("a ZIP file", help.to_owned())
        }
        _ => return None,
    };
    let message = format!("the file is {what}, not text in UTF-8");
    let diagnostic = Diagnostic::new(Code::JsonNotUtf8, Place::file(path), message);
    Some(Box::new(diagnostic.help(help)))
}

fn convert(from: &str) -> String {
    format!(
        "save it as UTF-8 without a byte order mark, in an editor or with `iconv -f {from} -t UTF-8`"
    )
}

/// Returns the finding for text that is not UTF-8.
pub(super) fn not_utf8(path: &str, e: &std::string::FromUtf8Error) -> Box<Diagnostic> {
    let at = e.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(e.as_bytes());
    let byte = e.as_bytes().get(at).copied().unwrap_or_default();
    let message = format!("byte {at} (0x{byte:02X}) is not part of UTF-8 text");
    let help =
        "save the file as UTF-8; if it is in Windows-1252, run `iconv -f WINDOWS-1252 -t UTF-8`";
    let finding = Finding::new(Code::JsonNotUtf8, Pointer::root(), message).help(help);
    Box::new(SourceFile::new(path, &text).diagnose_span(finding, Span { start: at, end: at + 1 }))
}

/// Returns the finding for a text that is not JSON.
pub(super) fn syntax(source: &SourceFile<'_>, e: &SyntaxError) -> Diagnostic {
    let (message, help) =
        habit(source.text, e).unwrap_or((e.message, "correct the JSON at this place"));
    let finding = Finding::new(Code::JsonSyntax, Pointer::root(), message).help(help);
    source.diagnose_span(finding, Span { start: e.offset, end: e.offset + 1 })
}

/// Words of other languages for values that JSON has, or does not have.
const OTHER_VALUES: [&str; 6] = ["NaN", "Infinity", "undefined", "None", "True", "False"];

/// Recognises what other formats allow at the place of an error: the message, and what to do.
fn habit(text: &str, e: &SyntaxError) -> Option<(&'static str, &'static str)> {
    let rest = text.get(e.offset..)?;
    let is_first = text[..e.offset].trim().is_empty();
    let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    // Inside a string everything is text.
    if e.message.contains("string") {
        let help = "write \\n for a line break and \\t for a tab";
        return e.message.contains("control character").then_some((e.message, help));
    }
    Some(match rest.chars().next() {
        None if is_first => ("the file is empty", "write a server.json into it"),
        Some('<') if is_first => {
            ("the file is a web page or XML, not JSON", "download the JSON file itself")
        }
        Some(c) if is_first && (c.is_ascii_alphabetic() || starts(&["$schema", "---"])) => {
            ("the file is not JSON; it may be YAML or TOML", "write it as JSON")
        }
        _ if starts(&["//", "/*", "#"]) => (
            "this is a comment, and JSON has no comments",
            "remove all comments, and the commas before closing brackets",
        ),
        Some('}' | ']') if e.message.contains("trailing comma") => (e.message, "remove the comma"),
        Some('\'' | '‘' | '’' | '“' | '”' | '„') => {
            ("this is another quotation mark than JSON has", "write straight double quotes: \"")
        }
        Some(c)
            if e.message.contains("quoted key") && (c.is_alphabetic() || c == '_' || c == '$') =>
        {
            ("this key has no quotation marks", "put it into double quotes")
        }
        _ if starts(&OTHER_VALUES) => (
            "this is not a value that JSON has",
            "write null, true, false, a number or a text in double quotes",
        ),
        Some('{' | '[') if e.message.contains("after the end") => {
            ("a second document begins here", "keep one document in a file")
        }
        Some('"') if e.message.contains("missing") => (e.message, "add the comma before it"),
        _ => return None,
    })
}
