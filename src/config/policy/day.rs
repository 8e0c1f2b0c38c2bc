//! A day, as a policy writes it: `2027-01-31`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Timestamp;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A day in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    text: String,
    number: i64,
}

impl Day {
    /// Reads a day that is written like `2027-01-31`.
    pub fn parse(text: &str) -> Option<Self> {
        let begin = Timestamp::parse(&format!("{text}T00:00:00Z")).filter(|_| text.len() == 10)?;
        Some(Self { text: text.to_owned(), number: begin.unix().div_euclid(DAY) })
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the number of days after 1970 began.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Returns the number of the day of a point in time, in seconds since 1970.
    pub fn of(seconds: i64) -> i64 {
        seconds.div_euclid(DAY)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let date = toml::value::Datetime::deserialize(deserializer)?;
        Self::parse(&date.to_string())
            .ok_or_else(|| D::Error::custom(format!("{date} is not a day such as 2027-01-31")))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
