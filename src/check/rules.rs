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

/// Makes [`RULES`] from lists of codes by profile and family.
macro_rules! rules {
    ($($profiles:ident $family:literal: $($code:ident)*;)*) => {
        /// Every document rule, in the order of the codes.
        pub const RULES: &[Rule] = &[
            $($(Rule { code: Code::$code, family: $family, profiles: $profiles },)*)*
        ];
    };
}

const BOTH: &[Profile] = &[Profile::Official, Profile::Strict];
const STRICT: &[Profile] = &[Profile::Strict];

rules! {
    BOTH "kind": DocumentKind;
    BOTH "input": PropertyMissing PropertyUnknown ValueWrongType ValueNotAllowed;
    BOTH "schema":
        SchemaViolation SchemaFieldRequired SchemaVersionExtractionError SchemaVersionNotAvailable
        SchemaVersionDeprecated;
    BOTH "naming": InvalidServerName ReservedVersionString VersionLooksLikeRange;
    BOTH "about":
        InvalidRepositoryUrl InvalidSubfolderPath InvalidWebsiteUrl WebsiteUrlMustBeAbsolute
        WebsiteUrlInvalidScheme WebsiteUrlInvalidCharacters TitleWhitespaceOnly IconSrcInvalidUrl
        IconSrcNotAbsolute IconSrcInvalidScheme;
    BOTH "package":
        PackageNameHasSpaces NamedArgumentNameRequired InvalidNamedArgumentName
        ArgumentValueStartsWithName ArgumentDefaultStartsWithName;
    BOTH "transport":
        StdioTransportUrlNotEmpty StreamableTransportUrlRequired InvalidTemplatedUrl
        UnsupportedTransportType RemoteTransportUrlRequired InvalidRemoteUrl
        UnsupportedRemoteTransportType;
    STRICT "placeholder": PlaceholderLeft;
    STRICT "naming":
        NamespaceGrammar NameGrammar NameReserved NamespacePunycode OwnershipUnclaimable
        VersionGrammar VersionNotSemver VersionBuildMetadata;
    STRICT "publish":
        MetaKeyUnlisted
        PublisherMetadataTooLarge PackageRegistryTypeUnknown PackageVersionMissing
        PackageVersionForbidden PackageIdentifierMissing PackageBaseUrlMismatch
        PackageBaseUrlForbidden PackageHashMissing PackageHashForbidden PackageOciReferenceInvalid
        PackageOciRegistryUnsupported PackageMcpbUrlInvalid PackageMcpbHostUnsupported
        PackageMcpbNotNamed;
    STRICT "line": PackageLeadingHyphen RuntimeHintInvalid InputNameInvalid TextLineBreak;
    STRICT "reach": UrlOwnMachine UrlPrivateNetwork UrlUserInformation;
    STRICT "risk": RiskyEnvironment RiskyContainer RuntimeArgumentMisplaced;
    STRICT "lint":
        LintOciTagAndVersion LintGithubNameWithoutOwner LintPublisherToolType LintIconMimeType
        LintIconWithoutPng LintFirstRemoteOnly LintToolhiveInvisible;
}
