//! Read: one value of the tree against the kind that its field takes.

use std::sync::{Arc, LazyLock};

use gatewright_terms::{
    AttributeValue, DomainName, EmailAddress, GroupName, NotADomain, PermissionName, Refusal, Seconds, Slug, Timestamp,
};
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;
use wright_syntax::codes::MIXED_SCRIPT;
use wright_syntax::diagnostic::{Code, Severity, Sink};
use wright_syntax::suggest;
use wright_syntax::tree::{Spanned, Value};

use super::place::{self, NotAPlace};
use super::{
    DAY, ENTITY_ID_BYTES_MAX, HOUR, Kind, MINUTE, NAME_BYTES_MAX, ORG_DOMAINS, Scalar, TITLE_BYTES_MAX, WHERE_FIELDS,
    spell,
};
use crate::codes::{BAD_EMAIL, BAD_SLUG, IMPOSSIBLE_DATE, OUT_OF_RANGE, UNKNOWN_REASON, UNKNOWN_WORD, WRONG_TYPE};
use crate::finding::Finding;
use crate::trees::RECORDED;

/// A domain that looks like another one.
pub(crate) const CONFUSABLE_DOMAIN: Code = Code { number: 308, slug: "confusable-domain", severity: Severity::Error };

/// The tool's own tzdata: a machine's would make the bytes depend on it.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The typed value; `Broken`, with one finding, where it has not the kind. `word` is its field, `path` its owner.
pub(crate) fn read(kind: Kind, word: &str, value: &Spanned<Value>, path: &str, sink: &mut Sink) -> Scalar {
    match parse(kind, word, value) {
        Ok(scalar) => scalar,
        Err(finding) => {
            finding.path(path).report(sink);
            Scalar::Broken(match &value.value {
                Value::Text(text) => text.clone(),
                Value::Integer(number) => number.to_string().into(),
            })
        }
    }
}

fn parse(kind: Kind, word: &str, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let text = match (&value.value, kind) {
        (Value::Integer(number), Kind::Integer { min, max }) => return integer(*number, word, min, max, value),
        (Value::Integer(number), Kind::Bound) => return integer(*number, word, 0, u32::MAX, value),
        (Value::Integer(number), _) => return Err(wrong(kind, &number.to_string(), value)),
        (Value::Text(text), Kind::Integer { .. }) => {
            let finding = wrong(kind, &format!("{text:?}"), value);
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            return Err(if digits { finding.fix(value.span, &**text) } else { finding });
        }
        (Value::Text(text), _) => text,
    };
    let simple = || Scalar::Text(text.clone());
    let plain = |good: bool| if good { Ok(simple()) } else { Err(wrong(kind, &format!("{text:?}"), value)) };
    let named = |most: usize| (1..=most).contains(&text.len()) && !text.chars().any(char::is_control);
    match kind {
        Kind::Integer { .. } | Kind::Text => Ok(simple()),
        Kind::Reference(_) => plain(named(NAME_BYTES_MAX)),
        Kind::Title | Kind::Group | Kind::Attribute if mixes_scripts(text) => Err(mixed(text, value)),
        Kind::Title => plain(named(TITLE_BYTES_MAX) && text.trim() == &**text),
        Kind::Claim | Kind::ClientId => plain(named(NAME_BYTES_MAX) && !text.contains(char::is_whitespace)),
        Kind::Bound => plain(named(ENTITY_ID_BYTES_MAX)),
        Kind::EntityId => plain((1..=ENTITY_ID_BYTES_MAX).contains(&text.len()) && !text.chars().any(is_blank)),
        Kind::Beside => plain(is_beside(text) && !is_recorded(text)),
        Kind::Recorded => plain(is_recorded(text)),
        Kind::Date => date(text, value),
        Kind::Time => time(text).ok_or_else(|| wrong(kind, &format!("{text:?}"), value)),
        Kind::Refusal => refusal(text, value),
        Kind::Where => plain(is_where(text)),
        Kind::Count => count(text).ok_or_else(|| wrong(kind, &format!("{text:?}"), value)),
        Kind::Retention => plain(is_retention(text)),
        Kind::Outside if &**text == ORG_DOMAINS => Ok(simple()),
        Kind::Folder => plain(Slug::parse(text).is_ok()),
        Kind::Team => plain(is_team(text)),
        Kind::Guid => guid(text, value),
        Kind::Slug => slug(text, value).map(Scalar::Slug),
        Kind::Permission => {
            PermissionName::parse(text).map(Scalar::Permission).map_err(|_| bad_slug(kind, text, None, value))
        }
        Kind::Group => GroupName::parse(text).map(Scalar::Group).map_err(|_| wrong(kind, &format!("{text:?}"), value)),
        Kind::Attribute => {
            AttributeValue::parse(text).map(Scalar::Attribute).map_err(|_| wrong(kind, &format!("{text:?}"), value))
        }
        Kind::Email => EmailAddress::parse(text).map(Scalar::Email).map_err(|_| bad_email(text, value)),
        Kind::Domain => domain(text, value),
        Kind::Outside => domain(text, value).map_err(|found| found.help(format!("write {}", kind.sample()))),
        Kind::Url => spelled(kind, place::issuer(text), text, value),
        Kind::Origin => spelled(kind, place::origin(text), text, value),
        Kind::Duration { min, max } => duration(text, word, min, max, value),
        Kind::Words(words) => one_of(words, text, word, value),
        Kind::TimeZone => time_zone(text, value),
        Kind::Secret => secret(text, value),
    }
}

fn wrong(kind: Kind, found: &str, value: &Spanned<Value>) -> Finding {
    Finding::new(WRONG_TYPE, value.span, format!("expected {}, found `{found}`", kind.noun()))
        .mark(format!("not {}", kind.noun()))
        .help(format!("such as {}", kind.sample()))
}

fn integer(number: i64, word: &str, min: u32, max: u32, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    match u32::try_from(number) {
        Ok(fits) if (min..=max).contains(&fits) => Ok(Scalar::Integer(fits)),
        _ => {
            let allowed = if min == max { format!("only {min}") } else { format!("{min} to {max}") };
            Err(Finding::new(OUT_OF_RANGE, value.span, format!("`{word} {number}` is out of range"))
                .mark(format!("{allowed} can stand here")))
        }
    }
}

fn slug(text: &str, value: &Spanned<Value>) -> Result<Slug, Finding> {
    Slug::parse(text).map_err(|error| bad_slug(Kind::Slug, text, error.suggestion.as_deref(), value))
}

fn bad_slug(kind: Kind, text: &str, near: Option<&str>, value: &Spanned<Value>) -> Finding {
    let what = if matches!(kind, Kind::Slug) { "slug" } else { "permission name" };
    Finding::new(BAD_SLUG, value.span, format!("`{text}` is no {what}")).did_you_mean(
        near,
        true,
        format!("such as {}", kind.sample()),
    )
}

fn bad_email(text: &str, value: &Spanned<Value>) -> Finding {
    Finding::new(BAD_EMAIL, value.span, format!("`{text}` is not an e-mail address"))
        .mark("not exactly one address")
        .help(format!("such as {}", Kind::Email.sample()))
}

fn guid(text: &Arc<str>, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    if is_guid(text) {
        return Ok(Scalar::Text(text.clone()));
    }
    let finding = wrong(Kind::Guid, &format!("{text:?}"), value);
    let lower = text.to_ascii_lowercase();
    Err(if is_guid(&lower) { finding.did_you_mean(Some(&lower), true, "") } else { finding })
}

/// Whether one word has Latin letters and letters of a script that has many lookalikes of them (UTS #39 §5.1).
/// Latin beside Han or Kana is how people write, and looks like nothing else.
fn mixes_scripts(text: &str) -> bool {
    let latin = |c: char| c.is_ascii_alphabetic();
    let alike = |c: char| {
        c.is_alphabetic() && matches!(c, '\u{370}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1f00}'..='\u{1fff}')
    };
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.contains(latin) && word.contains(alike))
}

fn mixed(text: &str, value: &Spanned<Value>) -> Finding {
    Finding::new(MIXED_SCRIPT, value.span, format!("`{text}` mixes the letters of several scripts"))
        .mark("some of these letters only look like others")
        .help("write each word in one script")
}

/// `8-4-4-4-12` small hexadecimal digits: tokens spell it so, and it is compared byte for byte.
pub(crate) fn is_guid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// No separator and no leading dot: nothing that leads out of the folder or hides in it.
fn is_beside(text: &str) -> bool {
    is_file(text, &[".xml"])
}

fn is_recorded(text: &str) -> bool {
    is_file(text, &RECORDED)
}

fn is_file(text: &str, ends: &[&str]) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let stem = ends.iter().find_map(|end| text.strip_suffix(end));
    text.len() <= TITLE_BYTES_MAX
        && stem.is_some_and(|stem| !stem.is_empty() && !stem.starts_with('.'))
        && text.chars().all(plain)
}

fn date(text: &str, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, wanted: usize| part.len() == wanted && part.bytes().all(|byte| byte.is_ascii_digit());
    let [year, month, day] = parts.as_slice() else { return Err(wrong(Kind::Date, &format!("{text:?}"), value)) };
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return Err(wrong(Kind::Date, &format!("{text:?}"), value));
    }
    let parsed = (year.parse(), month.parse(), day.parse());
    let (Ok(year), Ok(month), Ok(day)) = parsed else { return Err(impossible(text, None, value)) };
    match Date::new(year, month, day) {
        Ok(date) => Ok(Scalar::Date(date)),
        Err(_) => Err(impossible(text, Date::new(year, month, 1).ok(), value)),
    }
}

/// jiff reads a moment out of a day with an offset too; a moment has a time.
fn time(text: &str) -> Option<Scalar> {
    let moment: jiff::Timestamp = text.contains('T').then(|| text.parse().ok())??;
    Some(Scalar::Time(Timestamp::from_unix(moment.as_second())))
}

fn is_where(text: &str) -> bool {
    let parts = text.split_once('=');
    parts.is_some_and(|(field, value)| WHERE_FIELDS.contains(&field) && Slug::parse(value).is_ok())
}

fn count(text: &str) -> Option<Scalar> {
    let canonical = text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    canonical.then(|| text.parse().ok().map(Scalar::Integer)).flatten()
}

fn is_retention(text: &str) -> bool {
    text == "delete" || text.strip_prefix("keep-").and_then(seconds).is_some_and(|kept| kept > 0)
}

fn refusal(text: &str, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    Refusal::from_slug(text).map(Scalar::Refusal).ok_or_else(|| {
        let near = suggest(text, Refusal::ALL.iter().map(|refusal| refusal.slug()));
        Finding::new(UNKNOWN_REASON, value.span, format!("`{text}` is not a refusal"))
            .mark("no gate refuses so")
            .did_you_mean(near, true, format!("such as {}", Kind::Refusal.sample()))
    })
}

/// `month`: the first day of the month, where there is such a month.
fn impossible(text: &str, month: Option<Date>, value: &Spanned<Value>) -> Finding {
    let help = month.map_or_else(
        || "a year has the months 01 to 12".to_owned(),
        |first| format!("{} has {} days", first.strftime("%B"), first.days_in_month()),
    );
    Finding::new(IMPOSSIBLE_DATE, value.span, format!("`{text}` does not exist")).mark("not in the calendar").help(help)
}

fn is_team(text: &str) -> bool {
    let name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    text.len() <= TITLE_BYTES_MAX && text.strip_prefix('@').is_some_and(|rest| rest.split('/').all(name))
}

fn domain(text: &Arc<str>, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let wrong = |help: String| wrong(Kind::Domain, &format!("{text:?}"), value).help(help);
    match DomainName::parse(text) {
        Ok(domain) => Ok(Scalar::Domain(domain)),
        Err(NotADomain::Spelling { canonical }) if is_confusable(text) => Err(confusable(text, &canonical, value)),
        Err(NotADomain::Spelling { canonical }) => {
            Err(wrong(format!("it is spelled \"{canonical}\"")).fix(value.span, format!("\"{canonical}\"")))
        }
        Err(NotADomain::Wildcard) => Err(wrong("there are no wildcards: write one line for each domain".into())),
        Err(NotADomain::IpAddress) => Err(wrong("an address is not a domain: mail has a name after the `@`".into())),
        Err(NotADomain::SingleLabel) => Err(wrong("a domain has at least two labels, such as \"acme.com\"".into())),
        Err(NotADomain::Malformed) => Err(wrong(format!("such as {}", Kind::Domain.sample()))),
    }
}

/// A label that mixes scripts, or that Latin letters would draw the same (UTS #39 §4, §5.1).
fn is_confusable(text: &str) -> bool {
    let looks_latin = |label: &str| !label.is_ascii() && skeleton(label).all(|c| c.is_ascii());
    let mixes = |label: &str| !label.is_single_script();
    text.split('.').any(|label| mixes(label) || looks_latin(label))
}

fn confusable(text: &str, canonical: &DomainName, value: &Spanned<Value>) -> Finding {
    Finding::new(CONFUSABLE_DOMAIN, value.span, format!("`{text}` looks like another domain"))
        .mark("letters of another script that look Latin")
        .help(format!("write the Latin letters, or \"{canonical}\" if this very domain is meant"))
}

fn spelled(
    kind: Kind,
    place: Result<(), NotAPlace>,
    text: &Arc<str>,
    value: &Spanned<Value>,
) -> Result<Scalar, Finding> {
    let wrong = || wrong(kind, &format!("{text:?}"), value);
    match place {
        Ok(()) => Ok(Scalar::Text(text.clone())),
        Err(NotAPlace::Spelling(right)) => Err(wrong()
            .help(format!("browsers and tokens spell it \"{right}\""))
            .fix(value.span, format!("\"{right}\""))),
        Err(NotAPlace::Because(reason)) => Err(wrong().mark(reason)),
    }
}

fn duration(text: &str, word: &str, min: u32, max: u32, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let kind = Kind::Duration { min, max };
    let Some(seconds) = seconds(text) else {
        let finding = wrong(kind, &format!("{text:?}"), value);
        return Err(match meant(text) {
            Some(right) => {
                finding.help(format!("write \"{right}\"; units s m h d")).fix(value.span, format!("\"{right}\""))
            }
            None => finding,
        });
    };
    match u32::try_from(seconds) {
        Ok(fits) if (min..=max).contains(&fits) => Ok(Scalar::Seconds(Seconds(fits))),
        _ => Err(Finding::new(OUT_OF_RANGE, value.span, format!("`{word} \"{text}\"` is out of range")).mark(format!(
            "{} to {} can stand here",
            spell(min),
            spell(max)
        ))),
    }
}

/// Digits without a leading zero, then one unit.
fn seconds(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        _ => return None,
    };
    let digits = text.get(..text.len().checked_sub(1)?)?;
    let canonical =
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    canonical.then(|| digits.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(u64::from(unit)))
}

/// `8 hours` means `8h`.
fn meant(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let digits: String = lower.chars().take_while(char::is_ascii_digit).collect();
    let unit = lower.get(digits.len()..)?.trim();
    let letter = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 's',
        "m" | "min" | "mins" | "minute" | "minutes" => 'm',
        "h" | "hr" | "hrs" | "hour" | "hours" => 'h',
        "d" | "day" | "days" => 'd',
        _ => return None,
    };
    let spelled = format!("{}{letter}", digits.trim_start_matches('0'));
    seconds(&spelled).map(|_| spelled)
}

fn one_of(
    words: &'static [&'static str],
    text: &Arc<str>,
    word: &str,
    value: &Spanned<Value>,
) -> Result<Scalar, Finding> {
    if words.contains(&&**text) {
        return Ok(Scalar::Text(text.clone()));
    }
    let known = crate::finding::listed(words.iter().copied());
    Err(Finding::new(UNKNOWN_WORD, value.span, format!("`{text}` is not known as `{word}`"))
        .mark(format!("{known} can stand here"))
        .did_you_mean(suggest(text, words.iter().copied()), true, format!("`{word}` takes {known}")))
}

fn time_zone(text: &Arc<str>, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let found = ZONES.get(text).ok();
    let exact = found.as_ref().and_then(|zone| zone.iana_name());
    if exact == Some(text) {
        return Ok(Scalar::Text(text.clone()));
    }
    let known: Vec<String> = ZONES.available().map(|name| name.to_string()).collect();
    let near = exact.or_else(|| suggest(text, known.iter().map(String::as_str)));
    let finding = wrong(Kind::TimeZone, &format!("{text:?}"), value).mark("not in the time zone database");
    Err(match near {
        Some(_) => finding.did_you_mean(near, true, ""),
        None => finding,
    })
}

/// A zone of the tool's own tzdata.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

fn secret(text: &str, value: &Spanned<Value>) -> Result<Scalar, Finding> {
    let parts =
        text.split_once('/').and_then(|(owner, name)| Some((Slug::parse(owner).ok()?, Slug::parse(name).ok()?)));
    match parts {
        Some((owner, name)) => Ok(Scalar::Secret(owner, name)),
        // Never repeat it: somebody may have written the secret itself.
        None => Err(Finding::new(WRONG_TYPE, value.span, "expected the name of a secret, found something else")
            .mark("not `owner/name`")
            .help(format!("such as {}; the value itself never stands in a policy", Kind::Secret.sample()))),
    }
}
