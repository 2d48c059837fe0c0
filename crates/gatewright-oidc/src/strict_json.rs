//! Strict JSON: one reading or none.
//!
//! Reads bytes of a peer; gives an object that borrows from them, or says that it is not strict.
//!
//! Trust: shape alone is checked here; every value is still alleged.
//! Invariant: a key that comes twice, at any depth, is refused: two readers could see two values (RFC 8259 §4; ST-OIDC-10).
//! Invariant: depth is bounded by serde_json (128), size by the caller.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value with one meaning. Texts without escapes are not copied: an ID token has fifty, and is read at each sign-in.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// A fraction, or a number beyond 64 bits.
    OtherNumber,
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Sorted by key, without doubles.
#[derive(Debug, Clone, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// The bytes are no JSON object with one meaning. The text names no value.
#[derive(Debug, PartialEq, Eq)]
pub struct NotStrict(pub &'static str);

/// Reads one object and nothing behind it.
pub fn object(bytes: &[u8]) -> Result<Object<'_>, NotStrict> {
    let read: Json<'_> = serde_json::from_slice(bytes).map_err(|error| {
        let doubled = error.is_data() && error.to_string().starts_with(DOUBLED);
        NotStrict(if doubled { DOUBLED } else { "no well-formed JSON" })
    })?;
    match read {
        Json::Object(object) => Ok(object),
        Json::Null | Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::Text(_) | Json::List(_) => {
            Err(NotStrict("JSON, but no object"))
        }
    }
}

impl<'a> Object<'a> {
    /// The value of a key; `null` is as good as none.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        let place = self.place(name).ok()?;
        self.0.get(place).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// A text: absent, a string, or something else.
    pub fn text(&self, name: &str) -> Result<Option<&str>, NotStrict> {
        match self.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::List(_) | Json::Object(_)) => {
                Err(NotStrict("not a string"))
            }
        }
    }

    /// Whether the key stands there, be it with `null`.
    pub fn contains(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    pub fn set(&mut self, name: &str, value: Json<'a>) {
        match self.place(name) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.0.insert(place, (Cow::Owned(name.to_owned()), value)),
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(key, _)| (**key).cmp(name))
    }
}

const DOUBLED: &str = "a doubled key";

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Whole(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(value).map_or(Json::OtherNumber, Json::Whole))
    }

    fn visit_f64<E: Error>(self, _value: f64) -> Result<Json<'de>, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = items.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::with_capacity(MEMBERS_USUAL);
        while let Some(Key(key)) = entries.next_key()? {
            object.push((key, entries.next_value()?));
        }
        object.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
        let doubled = object.iter().zip(object.iter().skip(1)).any(|((one, _), (two, _))| one == two);
        if doubled { Err(A::Error::custom(DOUBLED)) } else { Ok(Json::Object(Object(object))) }
    }
}

/// An ID token has about so many claims.
const MEMBERS_USUAL: usize = 16;

/// A key, borrowed where it can be.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(value)))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-OIDC-10: doubled keys and JSON of the wrong shape are refused.
    #[test]
    fn st_oidc_10_one_reading_or_none() {
        assert!(object(br#"{"sub":"a","x":{"sub":"b"},"l":[1,-1,1.5,null,true]}"#).is_ok());
        for doubled in [r#"{"sub":"a","sub":"a"}"#, r#"{"sub":"a","s\u0075b":"b"}"#, r#"{"x":[{"a":1,"a":2}]}"#] {
            assert_eq!(object(doubled.as_bytes()), Err(NotStrict(DOUBLED)), "{doubled}");
        }
        for odd in [
            "",
            "[]",
            "null",
            "\"x\"",
            "{} {}",
            "{}x",
            "{\"a\":1e999}",
            "{a:1}",
            "{\"a\":NaN}",
            "\u{feff}{}",
            "{\"a\":1,}",
        ] {
            assert!(object(odd.as_bytes()).is_err(), "{odd}");
        }
        assert!(object(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn depth_does_not_crash() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(object(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_text_is_a_text() {
        let read = object(br#"{"a":"x\u0079","b":null,"c":1}"#).unwrap();
        assert_eq!((read.text("a"), read.text("b"), read.text("z")), (Ok(Some("xy")), Ok(None), Ok(None)));
        assert!(read.text("c").is_err());
        assert!(read.contains("b") && !read.contains("z"));
    }

    #[test]
    fn numbers_are_whole_or_of_no_use() {
        let read = object(br#"{"a":9223372036854775807,"b":9223372036854775808,"c":1.0,"d":-1,"e":1e3}"#).unwrap();
        assert_eq!((read.get("a"), read.get("d")), (Some(&Json::Whole(i64::MAX)), Some(&Json::Whole(-1))));
        for name in ["b", "c", "e"] {
            assert_eq!(read.get(name), Some(&Json::OtherNumber), "{name}");
        }
    }

    #[test]
    fn a_member_can_be_set() {
        let mut read = object(br#"{"b":1,"a":null}"#).unwrap();
        for name in ["a", "b", "c"] {
            read.set(name, Json::Bool(true));
            assert_eq!(read.get(name), Some(&Json::Bool(true)), "{name}");
        }
    }
}
