//! The table of every rule about a document.

use super::Profile;
use crate::diag::Code;

/// A rule about one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it reports.
    pub code: Code,
    /// Which group of rules it belongs to.
    pub family: &'static str,
    /// The profiles that apply it.
    pub profiles: &'static [Profile],
}

const fn official(code: Code, family: &'static str) -> Rule {
    Rule { code, family, profiles: &[Profile::Official, Profile::Strict] }
}

const fn strict(code: Code, family: &'static str) -> Rule {
    Rule { code, family, profiles: &[Profile::Strict] }
}

/// Every document rule, in the order of the codes.
pub const RULES: &[Rule] = &[
    official(Code::PropertyMissing, "input"),
    official(Code::PropertyUnknown, "input"),
    official(Code::ValueWrongType, "input"),
    official(Code::ValueNotAllowed, "input"),
    official(Code::SchemaViolation, "schema"),
    official(Code::SchemaFieldRequired, "schema"),
    official(Code::SchemaVersionExtractionError, "schema"),
    official(Code::SchemaVersionNotAvailable, "schema"),
    official(Code::SchemaVersionDeprecated, "schema"),
    official(Code::InvalidServerName, "naming"),
    official(Code::ReservedVersionString, "naming"),
    official(Code::VersionLooksLikeRange, "naming"),
    official(Code::InvalidRepositoryUrl, "about"),
    official(Code::InvalidSubfolderPath, "about"),
    official(Code::InvalidWebsiteUrl, "about"),
    official(Code::WebsiteUrlMustBeAbsolute, "about"),
    official(Code::WebsiteUrlInvalidScheme, "about"),
    official(Code::WebsiteUrlInvalidCharacters, "about"),
    official(Code::TitleWhitespaceOnly, "about"),
    official(Code::IconSrcInvalidUrl, "about"),
    official(Code::IconSrcNotAbsolute, "about"),
    official(Code::IconSrcInvalidScheme, "about"),
    official(Code::PackageNameHasSpaces, "package"),
    official(Code::NamedArgumentNameRequired, "package"),
    official(Code::InvalidNamedArgumentName, "package"),
    official(Code::ArgumentValueStartsWithName, "package"),
    official(Code::ArgumentDefaultStartsWithName, "package"),
    official(Code::StdioTransportUrlNotEmpty, "transport"),
    official(Code::StreamableTransportUrlRequired, "transport"),
    official(Code::InvalidTemplatedUrl, "transport"),
    official(Code::UnsupportedTransportType, "transport"),
    official(Code::RemoteTransportUrlRequired, "transport"),
    official(Code::InvalidRemoteUrl, "transport"),
    official(Code::UnsupportedRemoteTransportType, "transport"),
    strict(Code::NamespaceGrammar, "naming"),
    strict(Code::NameGrammar, "naming"),
    strict(Code::NameReserved, "naming"),
    strict(Code::NamespacePunycode, "naming"),
    strict(Code::OwnershipUnclaimable, "naming"),
    strict(Code::VersionGrammar, "naming"),
    strict(Code::VersionNotSemver, "naming"),
    strict(Code::VersionBuildMetadata, "naming"),
    strict(Code::PublisherMetadataTooLarge, "publish"),
    strict(Code::PackageRegistryTypeUnknown, "publish"),
    strict(Code::PackageVersionMissing, "publish"),
    strict(Code::PackageVersionForbidden, "publish"),
    strict(Code::PackageIdentifierMissing, "publish"),
    strict(Code::PackageBaseUrlMismatch, "publish"),
    strict(Code::PackageBaseUrlForbidden, "publish"),
    strict(Code::PackageHashMissing, "publish"),
    strict(Code::PackageHashForbidden, "publish"),
    strict(Code::PackageOciReferenceInvalid, "publish"),
    strict(Code::PackageOciRegistryUnsupported, "publish"),
    strict(Code::PackageMcpbUrlInvalid, "publish"),
    strict(Code::PackageMcpbHostUnsupported, "publish"),
    strict(Code::PackageMcpbNotNamed, "publish"),
    strict(Code::PackageLeadingHyphen, "line"),
    strict(Code::RuntimeHintInvalid, "line"),
    strict(Code::InputNameInvalid, "line"),
    strict(Code::TextLineBreak, "line"),
    strict(Code::UrlOwnMachine, "reach"),
    strict(Code::UrlPrivateNetwork, "reach"),
    strict(Code::UrlUserInformation, "reach"),
    strict(Code::RiskyEnvironment, "risk"),
    strict(Code::RiskyContainer, "risk"),
    strict(Code::LintOciTagAndVersion, "lint"),
    strict(Code::LintGithubNameWithoutOwner, "lint"),
    strict(Code::LintPublisherToolType, "lint"),
    strict(Code::LintIconMimeType, "lint"),
    strict(Code::LintIconWithoutPng, "lint"),
    strict(Code::LintFirstRemoteOnly, "lint"),
    strict(Code::LintToolhiveInvisible, "lint"),
];
