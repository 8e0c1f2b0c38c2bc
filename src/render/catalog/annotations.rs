//! What the registry says about an entry, as pages show it.

use serde::{Deserialize, Serialize};

use crate::model::{Entry, OwnAnnotations};

use super::text::{Moment, OutLink, shown, shown_option, web_link};

/// What lists, facets and search need of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotated {
    /// Who answers for it: a word for addresses, and the name.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<(String, String)>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub(super) tier: Option<String>,
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub(super) risk: Option<String>,
    #[serde(rename = "g", skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    /// [`VALID`] or [`EXPIRED`]; `None` without a review.
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    pub(super) review: Option<String>,
}

/// A review that counts.
const VALID: &str = "valid";

/// A review whose last day is over.
pub(super) const EXPIRED: &str = "expired";

impl Annotated {
    /// Sums up what is said about an entry; `None` when that is nothing.
    pub(super) fn new(entry: &Entry) -> Option<Box<Self>> {
        let OwnAnnotations { fields, is_expired, .. } = entry.own_annotations()?;
        let review = fields.review.as_ref().map(|_| if *is_expired { EXPIRED } else { VALID });
        Some(Box::new(Self {
            owner: fields.owner.as_ref().map(|name| (word_of(name), name.clone())),
            tier: fields.tier.clone(),
            risk: fields.risk.clone(),
            tags: fields.tags.clone(),
            review: review.map(str::to_owned),
        }))
    }

    /// Returns its values of a facet.
    pub(super) fn values(&self, facet: &str) -> Vec<&str> {
        let text = match facet {
            "tag" => return self.tags.iter().map(String::as_str).collect(),
            "owner" => self.owner.as_ref().map(|(word, _)| word),
            "tier" => self.tier.as_ref(),
            "risk" => self.risk.as_ref(),
            _ => self.review.as_ref(),
        };
        text.map(String::as_str).into_iter().collect()
    }

    /// Returns the words that the server is found by besides its author's.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let owner = self.owner.iter().map(|(_, name)| name);
        owner.chain(&self.tier).chain(&self.tags).map(String::as_str)
    }
}

/// Returns a name as a word of an address: in lower case, with a hyphen for what is neither letter nor digit.
fn word_of(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// The box of a server's page.
#[derive(Debug, Serialize)]
pub(super) struct AnnotationView {
    owner: Option<String>,
    contact: Option<String>,
    contact_link: Option<OutLink>,
    tier: Option<String>,
    risk: Option<String>,
    reviewed: Option<Moment>,
    expires: Option<Moment>,
    is_expired: bool,
    tags: Vec<String>,
    approved_by: Option<String>,
    approved: Option<Moment>,
    scan: Option<String>,
    scanned: Option<Moment>,
    digest: Option<String>,
}

impl AnnotationView {
    /// Returns the view of what is said about an entry; `None` when that is nothing.
    pub(super) fn new(entry: &Entry) -> Option<Self> {
        let OwnAnnotations { fields, is_expired, .. } = entry.own_annotations()?;
        let (review, scan) = (fields.review.as_ref(), fields.scan.as_ref());
        let approval = fields.approval.as_ref();
        let contact = fields.contact.as_deref();
        let view = Self {
            owner: shown_option(fields.owner.as_deref()),
            contact: shown_option(contact),
            contact_link: contact.and_then(OutLink::new),
            tier: shown_option(fields.tier.as_deref()),
            risk: shown_option(fields.risk.as_deref()),
            reviewed: review.map(|it| Moment::new(&it.date)),
            expires: review.and_then(|it| it.expires.as_deref()).map(Moment::new),
            is_expired: *is_expired,
            tags: fields.tags.iter().map(|tag| shown(tag)).collect(),
            approved_by: approval.map(|it| shown(&it.by)),
            approved: approval.map(|it| Moment::new(&it.date)),
            scan: scan.and_then(|it| web_link(&it.link)),
            scanned: scan.map(|it| Moment::new(&it.date)),
            digest: scan.and_then(|it| shown_option(it.digest.as_deref())),
        };
        let is_empty = *fields == Default::default();
        Some(view).filter(|_| !is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::word_of;

    #[test]
    fn an_owner_is_a_word_of_an_address() {
        for (name, word) in [("Platform team", "platform-team"), ("a/../b!", "a-b"), ("地図", "")]
        {
            assert_eq!(word_of(name), word);
        }
    }
}
