//! Command lines: `--name value`, `--switch` and bare words, nothing cleverer.

use crate::Res;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// The words of one subcommand, sorted out.
pub(crate) struct Args {
    flags: BTreeMap<String, String>,
    words: Vec<String>,
}

impl Args {
    /// Sorts `rest`; anything that is neither in `valued` nor in `switches` is an error.
    pub(crate) fn parse(rest: Vec<OsString>, valued: &[&str], switches: &[&str]) -> Res<Self> {
        let (mut flags, mut words) = (BTreeMap::new(), Vec::new());
        let mut rest = rest.into_iter();
        while let Some(word) = rest.next() {
            let word = text(word)?;
            match word.strip_prefix("--") {
                None => words.push(word),
                Some(name) if switches.contains(&name) => {
                    flags.insert(name.to_string(), String::new());
                }
                Some(name) if valued.contains(&name) => {
                    let value = rest.next().ok_or_else(|| format!("--{name} needs a value"))?;
                    flags.insert(name.to_string(), text(value)?);
                }
                Some(name) => return Err(format!("unknown option --{name}").into()),
            }
        }
        Ok(Self { flags, words })
    }

    /// Whether the switch was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.flags.contains_key(name)
    }

    /// The value of an option, if it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.flags.get(name).map(String::as_str)
    }

    /// The value of an option that must be given.
    pub(crate) fn need(&self, name: &str) -> Res<&str> {
        self.get(name).ok_or_else(|| format!("--{name} is needed").into())
    }

    /// An option that names a file or folder and must be given.
    pub(crate) fn path(&self, name: &str) -> Res<PathBuf> {
        self.need(name).map(PathBuf::from)
    }

    /// An option that is parsed, if it was given.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Res<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| format!("--{name}: cannot read `{value}`").into())
    }

    /// The bare words, exactly `N` of them.
    pub(crate) fn words<const N: usize>(&self) -> Res<[&str; N]> {
        let all: Vec<&str> = self.words.iter().map(String::as_str).collect();
        all.try_into().map_err(|all: Vec<_>| {
            format!("{N} words without `--` are wanted here, not {}", all.len()).into()
        })
    }
}

/// Arguments here are text; a path that is not UTF-8 is refused.
fn text(word: OsString) -> Res<String> {
    word.into_string().map_err(|w| format!("not UTF-8: {}", w.to_string_lossy()).into())
}
