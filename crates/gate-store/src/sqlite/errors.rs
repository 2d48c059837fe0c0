//! Errors: what SQLite says, as one of the two things that a caller can act on.

use sqlx::Error;
use sqlx::error::DatabaseError;

use crate::StoreError;

/// Primary result codes that speak of what is stored (<https://www.sqlite.org/rescode.html>): `SQLITE_ERROR` is a
/// statement that does not fit the schema, `SQLITE_CORRUPT` a damaged file, `SQLITE_NOTADB` a file of another kind.
const ABOUT_THE_CONTENT: [i32; 3] = [1, 11, 26];

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let about_the_content = if let Error::Database(database) = &error {
            is_about_the_content(&**database)
        } else {
            matches!(error, Error::ColumnDecode { .. } | Error::ColumnNotFound(_) | Error::Decode(_))
        };
        if about_the_content { Self::Corrupt(error.to_string()) } else { Self::Unavailable(error.to_string()) }
    }
}

fn is_about_the_content(error: &dyn DatabaseError) -> bool {
    let primary = error.code().and_then(|code| code.parse::<i32>().ok()).map(|extended| extended & 0xff);
    primary.is_some_and(|primary| ABOUT_THE_CONTENT.contains(&primary))
}
