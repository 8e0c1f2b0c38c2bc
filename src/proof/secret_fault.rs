//! Why a private key cannot be used.

/// Why a text is not a private key that can be used, or why one cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFault {
    /// The file is protected by a passphrase.
    #[error("the key is protected by a passphrase")]
    Encrypted,
    /// It is a public key.
    #[error("this is a public key, not a private one")]
    Public,
    /// It is a private key of another kind than Ed25519 and P-384.
    #[error("the key is neither an Ed25519 nor a P-384 key")]
    Kind,
    /// It is none of the forms that are read.
    #[error("this is not a private key in OpenSSH, PKCS#8 or SEC 1 form, nor its hex digits")]
    Form,
    /// The bytes are not a private key of the algorithm.
    #[error("these bytes are not a private key")]
    Range,
    /// It could not sign.
    #[error("the key could not sign")]
    Sign,
}

impl SecretFault {
    /// Returns what to do, as one imperative sentence.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Encrypted => {
                "take the passphrase off a copy: `ssh-keygen -p -N '' -f COPY`, or `openssl pkey -in KEY -out COPY`"
            }
            Self::Public => "name the file with the private key",
            _ => "make a key with `mcp-static sign key new`, or import an Ed25519 or P-384 key",
        }
    }
}
