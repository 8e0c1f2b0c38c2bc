//! The closed list of diagnostic codes.
//!
//! A code of the official registry keeps its name here. The word `fixed` or `change` after a severity
//! marks a code whose level cannot be changed. To add a code, add it here, its page in
//! `explain/`, a row in `check::RULES` when a rule reports it, and its folder under `tests/rules/`. Tests
//! over this table fail when one of them is missing.

use serde::{Deserialize, Serialize};

crate::text::display_as_str!(Severity, Code);

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be looked at; does not refuse the data.
    Warning,
    /// Refuses the data.
    Error,
}

impl Severity {
    /// Returns the word that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $text:literal $severity:ident $($mark:ident)? $summary:literal;)*) => {
        /// A kind of problem. The text form is stable and is what settings and `-A/-W/-D` name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] #[serde(rename = $text)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// Returns the stable name.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// Returns the severity unless settings or command line say otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// Returns what it means, in half a sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$variant => $summary,)* }
            }

            /// Returns the word after the severity, if there is one: see [`Code::is_fixed`].
            fn mark(self) -> &'static str {
                match self { $(Code::$variant => stringify!($($mark)?),)* }
            }

            /// Returns the page behind `explain`, in Markdown.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("explain/", $text, ".md")),)* }
            }
        }
    };
}

codes! {
    JsonSyntax "json-syntax" Error fixed "the file is not valid JSON";
    JsonNotUtf8 "json-not-utf8" Error fixed "the file is not valid UTF-8";
    JsonByteOrderMark "json-byte-order-mark" Error "the file begins with a byte order mark";
    JsonDuplicateKey "json-duplicate-key" Error "an object contains the same key twice";
    JsonLoneSurrogate "json-lone-surrogate" Error "an escape is half of a surrogate pair";
    JsonControlCharacter "json-control-character" Error "text contains an invisible or reordering character";
    JsonNumberPrecision "json-number-precision" Error "a number changes when it is read";
    FileTooLarge "file-too-large" Error fixed "the file is larger than 256 KiB";
    FileNotRegular "file-not-regular" Error fixed "the data contains a symbolic link, submodule or device";
    FileMode "file-mode" Error "a data file is executable or has an unexpected mode";
    FileUnexpected "file-unexpected" Warning "the file has no meaning at this place and is ignored";

    RegistryEmpty "registry-empty" Error fixed "there is no entry to publish";
    EntryIncomplete "entry-incomplete" Error fixed "a version folder has no server.json";
    NamePathMismatch "name-path-mismatch" Error fixed "server name and folder disagree";
    VersionPathMismatch "version-path-mismatch" Error fixed "version and folder disagree";
    NameCaseCollision "name-case-collision" Error fixed "two server names differ only by case";
    NamespaceCaseCollision "namespace-case-collision" Error fixed "two namespaces differ only by case";
    NameConfusable "name-confusable" Warning "two names of a namespace are easily confused";
    VersionCaseCollision "version-case-collision" Error fixed "two versions of a server differ only by case";
    DuplicateVersion "duplicate-version" Error "the same version is published twice";
    RemoteUrlShared "remote-url-shared" Warning "two servers name the same remote URL";
    TombstoneViolated "tombstone-violated" Error fixed "a removed version is back";

    SettingsInvalid "settings-invalid" Error fixed "registry.toml is wrong";
    PolicyInvalid "policy-invalid" Error fixed "policy.toml is wrong";
    StatusInvalid "status-invalid" Error fixed "status.json is wrong";
    OriginInvalid "origin-invalid" Error fixed "origin.json is wrong";
    PackagesInvalid "packages-invalid" Error "packages.json is wrong";
    AnnotationsInvalid "annotations-invalid" Error fixed "an annotations.json is wrong";
    OverrideInvalid "override-invalid" Error fixed "an override.json is wrong, or does not fit its document";
    ReviewExpired "review-expired" Warning "the review of an entry has expired";
    OwnersInvalid "owners-invalid" Error "an owners file is wrong";
    ProofInvalid "proof-invalid" Error "a proof file is wrong";
    TombstoneInvalid "tombstone-invalid" Error "a tombstone is wrong";
    DateNotCommitted "date-not-committed" Note "the entry is not committed yet";
    DateBeforeFirstCommit "date-before-first-commit" Note "there is no commit to take dates from";
    DateUnknown "date-unknown" Error fixed "the publication date of the entry is unknown";

    DocumentKind "document-kind" Error fixed "the file is another kind of document than a server.json";
    PropertyMissing "property-missing" Error "a required property is missing";
    PropertyUnknown "property-unknown" Error "the property is not known";
    ValueWrongType "value-wrong-type" Error "the value has the wrong JSON type";
    ValueNotAllowed "value-not-allowed" Error "the value breaks a length, pattern or list";
    MetaKeyUnlisted "meta-key-unlisted" Error "a key below _meta is not one that the settings list";
    PlaceholderLeft "placeholder-left" Error fixed "a placeholder of a template was not filled in";
    SchemaViolation "schema-violation" Error "the document breaks its JSON Schema";
    SchemaFieldRequired "schema-field-required" Error "$schema is missing";
    SchemaVersionExtractionError "schema-version-extraction-error" Error "$schema does not name a schema version";
    SchemaVersionNotAvailable "schema-version-not-available" Error "$schema names an unknown schema version";
    SchemaVersionDeprecated "schema-version-deprecated" Warning "$schema is not the current one";

    InvalidServerName "invalid-server-name" Error fixed "the server name is not valid";
    ReservedVersionString "reserved-version-string" Error "a version is called latest";
    VersionLooksLikeRange "version-looks-like-range" Error "a version looks like a range";
    InvalidRepositoryUrl "invalid-repository-url" Error "the repository URL does not fit its source";
    InvalidSubfolderPath "invalid-subfolder-path" Error "the repository subfolder is not a clean relative path";
    InvalidWebsiteUrl "invalid-website-url" Error "websiteUrl does not parse";
    WebsiteUrlMustBeAbsolute "website-url-must-be-absolute" Error "websiteUrl has no scheme";
    WebsiteUrlInvalidScheme "website-url-invalid-scheme" Error "websiteUrl is not https";
    WebsiteUrlInvalidCharacters "website-url-invalid-characters" Error "websiteUrl contains quotes, brackets or white space";
    TitleWhitespaceOnly "title-whitespace-only" Error "the title is only white space";
    IconSrcInvalidUrl "icon-src-invalid-url" Error "an icon's src does not parse";
    IconSrcNotAbsolute "icon-src-not-absolute" Error "an icon's src has no scheme";
    IconSrcInvalidScheme "icon-src-invalid-scheme" Error "an icon's src is not https";
    PackageNameHasSpaces "package-name-has-spaces" Error "a package identifier contains a space";
    NamedArgumentNameRequired "named-argument-name-required" Error "a named argument has no name";
    InvalidNamedArgumentName "invalid-named-argument-name" Error "the name of a named argument contains other text";
    ArgumentValueStartsWithName "argument-value-starts-with-name" Error "an argument's value repeats its name";
    ArgumentDefaultStartsWithName "argument-default-starts-with-name" Error "an argument's default repeats its name";
    StdioTransportUrlNotEmpty "stdio-transport-url-not-empty" Error "a stdio transport has a url";
    StreamableTransportUrlRequired "streamable-transport-url-required" Error "an HTTP transport has no url";
    InvalidTemplatedUrl "invalid-templated-url" Error "a URL is not valid or names an unknown variable";
    UnsupportedTransportType "unsupported-transport-type" Error "a package's transport type is not known";
    RemoteTransportUrlRequired "remote-transport-url-required" Error "a remote has no url";
    InvalidRemoteUrl "invalid-remote-url" Error "a remote's url cannot be reached by others";
    UnsupportedRemoteTransportType "unsupported-remote-transport-type" Error "a remote's transport type is not known";

    NamespaceGrammar "namespace-grammar" Error "the namespace is not a reversed domain or account";
    NameGrammar "name-grammar" Error "the name part breaks the strict grammar";
    NameReserved "name-reserved" Error "the name is a reserved word";
    NamespacePunycode "namespace-punycode" Warning "the namespace is punycode for letters beyond ASCII";
    VersionGrammar "version-grammar" Error fixed "the version cannot be a path segment";
    VersionNotSemver "version-not-semver" Error "the version is not a semantic version";
    VersionBuildMetadata "version-build-metadata" Warning "the version contains a plus sign";
    PublisherMetadataTooLarge "publisher-metadata-too-large" Error "publisher-provided metadata exceeds 4096 bytes";
    PackageRegistryTypeUnknown "package-registry-type-unknown" Error "a package's registryType is not known";
    PackageVersionMissing "package-version-missing" Error "a package has no version";
    PackageVersionForbidden "package-version-forbidden" Error "an OCI package has a version";
    PackageIdentifierMissing "package-identifier-missing" Error "a package has no identifier";
    PackageBaseUrlMismatch "package-base-url-mismatch" Error "registryBaseUrl is not the one of the registry type";
    PackageBaseUrlForbidden "package-base-url-forbidden" Error "this package type does not use registryBaseUrl";
    PackageHashMissing "package-hash-missing" Error "an MCPB package has no fileSha256";
    PackageHashForbidden "package-hash-forbidden" Error "this package type does not use fileSha256";
    PackageOciReferenceInvalid "package-oci-reference-invalid" Error "an OCI identifier is not an image reference";
    PackageOciRegistryUnsupported "package-oci-registry-unsupported" Error "an OCI image is in an unsupported registry";
    PackageMcpbUrlInvalid "package-mcpb-url-invalid" Error "an MCPB identifier is not a release download";
    PackageMcpbHostUnsupported "package-mcpb-host-unsupported" Error "an MCPB file is on an unsupported host";
    PackageMcpbNotNamed "package-mcpb-not-named" Error "an MCPB URL does not contain mcp";

    PackageUnproven "package-unproven" Error "a package does not name the server";
    PackageMissing "package-missing" Error "a package does not exist in its registry";
    PackageIndeterminate "package-indeterminate" Error "the registry of a package did not answer";

    PackageLeadingHyphen "package-leading-hyphen" Error "a package identifier or version begins with a hyphen";
    RuntimeHintInvalid "runtime-hint-invalid" Error "a runtimeHint is not a plain program name";
    InputNameInvalid "input-name-invalid" Error "the name of a header or variable contains other text";
    TextLineBreak "text-line-break" Error "a text of one line contains a line break or tab";
    UrlOwnMachine "url-own-machine" Error "a URL leads to the reader's own machine";
    UrlPrivateNetwork "url-private-network" Error "a URL has a host that others cannot reach";
    UrlUserInformation "url-user-information" Error "a URL contains a user name or password";
    RiskyEnvironment "risky-environment" Warning "a variable makes other programs load code";
    RiskyContainer "risky-container" Warning "an argument gives a container broad permissions on its host";
    RuntimeArgumentMisplaced "runtime-argument-misplaced" Warning "a runtime argument would run something else than the package";

    LintOciTagAndVersion "lint-oci-tag-and-version" Warning "an OCI identifier has a tag and the package a version";
    LintGithubNameWithoutOwner "lint-github-name-without-owner" Warning "publisher github.name is used without nameWithOwner";
    LintPublisherToolType "lint-publisher-tool-type" Warning "publisher tool, version or buildInfo has a type Eclipse refuses";
    LintIconMimeType "lint-icon-mime-type" Warning "an icon has a type clients do not know";
    LintIconWithoutPng "lint-icon-without-png" Note "no icon is a PNG";
    LintFirstRemoteOnly "lint-first-remote-only" Note "VS Code uses only the first remote";
    LintToolhiveInvisible "lint-toolhive-invisible" Note "ToolHive does not list this server";

    ChangePath "change-path" Error "the change has a path that is never accepted";
    ChangeTooLarge "change-too-large" Error "the change is larger than the limits";
    ChangeMixed "change-mixed" Error "entries and protected files change together";
    ChangeConflict "change-conflict" Error "the base changed the same file meanwhile";
    ChangeCrissCross "change-criss-cross" Error "git would merge over several merge bases";
    ChangeMisplaced "change-misplaced" Error "an entry is in the wrong place";
    ChangeUncommitted "change-uncommitted" Warning "files that are not committed are not judged";
    ChangeWrongBranch "change-wrong-branch" Error "the change is not meant for the published branch";
    ChangeEmpty "change-empty" Note "the change touches nothing";
    VersionImmutable "version-immutable" Error change "a published version is edited";
    VersionRemoved "version-removed" Error change "a published version is removed without a tombstone";
    OriginNotDerived "origin-not-derived" Error change "a mirrored entry differs from the registry that it names";
    NeedsMaintainer "needs-maintainer" Warning change "a maintainer has to decide";
    NameLookAlike "name-look-alike" Warning change "a new name looks like one of another namespace";
    NamespaceWaits "namespace-waits" Warning change "the first server of a namespace waits";

    OwnershipUnproven "ownership-unproven" Error "nobody proved that they may publish for the namespace";
    OwnershipUnclaimable "ownership-unclaimable" Error "nobody can own the namespace";
    OwnershipUnknown "ownership-unknown" Error "a host that could prove the namespace did not answer";
    OwnershipWrongAuthor "ownership-wrong-author" Error "somebody else opened the pull request";
    OwnershipHeadOwner "ownership-head-owner" Error "the branch is in somebody else's repository";
    OwnershipIdChanged "ownership-id-changed" Error "the account is not the pinned one";
    OwnershipPinMissing "ownership-pin-missing" Error "no account id is pinned for the namespace";
    OwnershipNotAttested "ownership-not-attested" Error "the forge does not report who made the change";
    OwnershipBadSignature "ownership-bad-signature" Error "a signature is not valid for its content";
    OwnershipKeyNotListed "ownership-key-not-listed" Error "the domain does not list the key";
    OwnershipKeyBlocked "ownership-key-blocked" Error "the settings block the key";
    OwnershipKeyNotPinned "ownership-key-not-pinned" Error "the owners file pins other keys";
    OwnershipAudience "ownership-audience" Error "a proof was made for another registry";
    OwnershipDomainScope "ownership-domain-scope" Error "a proof is for a domain that does not cover the namespace";
    OwnershipProofAge "ownership-proof-age" Error "a proof is too old, or dated in the future";
    OwnershipStaleCommit "ownership-stale-commit" Error "a signed commit is not the latest change of the namespace";
    OwnershipWeak "ownership-weak" Note "a setting makes the proof of ownership weaker";

    PolicyDenied "policy-denied" Warning "the policy denies the entry";
    PolicyWarned "policy-warned" Warning "the policy warns about the entry";
    PolicyExceptionExpired "policy-exception-expired" Warning "an exception of the policy has expired";
    PolicyExceptionUnused "policy-exception-unused" Warning "an exception of the policy applies to no entry";

    BaseUrlMissing "base-url-missing" Note "no base URL is known";
    ExportLeftOut "export-left-out" Note "a file for other clients does not have a server";
    AllowlistByName "allowlist-by-name" Note "managed settings allow a server by its name";
    AllowlistUnpinned "allowlist-unpinned" Note "an installer writes commands without a version";
    ListTooLarge "list-too-large" Warning "the list document is too large for some clients";
    HostShortfall "host-shortfall" Warning "the host cannot serve part of the site";
    HostLimitExceeded "host-limit-exceeded" Error "the site exceeds a limit of its host";
    OutputCollision "output-collision" Error fixed "two documents have the same output file";

    SiteFileMissing "site-file-missing" Error "a file of the manifest is missing";
    SiteFileChanged "site-file-changed" Error "a file differs from the manifest";
    SiteFileSurplus "site-file-surplus" Error "a file is not in the manifest";
    SiteShrunk "site-shrunk" Error "the site has far fewer servers than the one before";

    ImportRefused "import-refused" Warning "a record was not imported";
    ImportDraft "import-draft" Warning "a document lacks something, so it became a draft";
    ImportRepaired "import-repaired" Note "a document was changed while it was imported";
    MirrorGone "mirror-gone" Warning "a mirrored server is not listed by its registry";
    ImportConflict "import-conflict" Warning "a record differs from the entry that is here";
}

impl Code {
    /// Whether an entry with this problem cannot be published at all, so that no level lowers it:
    /// allowing it would silently drop the entry.
    pub fn is_fixed(self) -> bool {
        self.mark() == "fixed" || self.is_about_change()
    }

    /// Whether it is about a change and who may make it. Such a code is never lowered: allowing it
    /// would let anybody publish.
    pub fn is_about_change(self) -> bool {
        let name = self.as_str();
        name.starts_with("change-") || name.starts_with("ownership-") || self.mark() == "change"
    }

    /// Returns the code called `name`, or the nearest name when there is none.
    pub fn parse(name: &str) -> Result<Self, Option<&'static str>> {
        match Self::ALL.iter().find(|code| code.as_str() == name) {
            Some(code) => Ok(*code),
            None => Err(nearest(name, Self::ALL.iter().map(|code| code.as_str()))),
        }
    }
}

/// Returns the candidate most similar to `word`, if at most a third of its letters differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let limit = length.div_ceil(3);
    candidates
        .into_iter()
        // What differs in length differs by at least as many letters; a long text is not compared.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns the advice for a word that is none of `known`: the nearest one, or all of them.
pub fn suggest(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("choose from {}", known.join(", ")),
    }
}

/// Returns the Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
