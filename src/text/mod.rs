//! Encodings and character classes: how text is escaped for each language, and which characters cannot
//! be seen.
//!
//! Every encoding has one function here and every class one list. Checks that used different copies could
//! be bypassed where the copies differ.

mod count;
mod escape;
mod hex;
mod invisible;
mod markdown;
mod percent;
mod quote;
mod visible;

pub use count::{count, noun};
pub use escape::{escape_html, push_json_escape, push_json_string, push_toml_string, write_html};
pub use hex::{from_hex, is_hex, is_lower_hex, to_hex};
pub use invisible::is_invisible;
pub use markdown::{escape_markdown, markdown_message, markdown_span};
pub use percent::{percent_decode, percent_encode, percent_encode_except};
pub use quote::quote;
pub use visible::{push_visible, shorten, visible};

/// Implements `Display` for types whose text is `as_str()`.
macro_rules! display_as_str {
    ($($name:ty),+) => {
        $(impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        })+
    };
}
pub(crate) use display_as_str;
