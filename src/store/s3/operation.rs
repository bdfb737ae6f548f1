//! What is done to a store, in a host's words and in those of IAM.

/// What was asked of the store; each needs a right of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Reading an object, or what is known of it.
    Read,
    /// Listing objects, without which a missing object cannot be told from a forbidden one.
    List,
    /// Writing an object, in one piece or in parts.
    Write,
    /// Removing an object.
    Delete,
    /// Listing the parts of an unfinished upload.
    ListParts,
    /// Listing unfinished uploads.
    ListUploads,
    /// Discarding an unfinished upload.
    Abort,
}

impl Operation {
    /// The name of the IAM action that allows it.
    ///
    /// Source: Service Authorization Reference, "Actions defined by Amazon S3".
    pub fn action(self) -> &'static str {
        match self {
            Self::Read => "s3:GetObject",
            Self::List => "s3:ListBucket",
            Self::Write => "s3:PutObject",
            Self::Delete => "s3:DeleteObject",
            Self::ListParts => "s3:ListMultipartUploadParts",
            Self::ListUploads => "s3:ListBucketMultipartUploads",
            Self::Abort => "s3:AbortMultipartUpload",
        }
    }

    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::ListParts => "list the parts of",
            Self::ListUploads => "list unfinished uploads in",
            Self::Abort => "discard the unfinished upload of",
        }
    }
}
