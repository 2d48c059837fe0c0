//! Instant: `xs:dateTime` as SAML writes it, to a point in time.
//!
//! Invariant: UTC with a `Z` and nothing else (SAML Core §1.3.3): a text without a zone means another moment to every reader.
//! Invariant: fractions of a second are checked and cut off; a moment is never later than it says.

use gatewright_terms::Timestamp;

/// .NET writes seven digits, Java up to nine.
const FRACTION_DIGITS_MAX: usize = 9;
const SECONDS_A_DAY: i64 = 86_400;

/// Takes `YYYY-MM-DDThh:mm:ss[.f]Z` from 1970 to 9999. No leap second, no `24:00:00`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (moment, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = moment else {
        return None;
    };
    is_end(rest).then_some(())?;
    let year = number(&[y1, y2, y3, y4])?;
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    let real = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 59;
    let seconds = days_since_1970(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
    real.then_some(Timestamp::from_unix(seconds))
}

/// What may stand after the seconds: `Z`, or `.` and digits and `Z`.
fn is_end(rest: &[u8]) -> bool {
    match rest {
        [b'Z'] => true,
        [b'.', digits @ .., b'Z'] => {
            (1..=FRACTION_DIGITS_MAX).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// At most four digits.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar, over 400-year eras that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_printed_alike() {
        for text in [
            "1970-01-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
            "2000-02-29T00:00:00Z",
            "2000-03-01T00:00:00Z",
            "2026-11-24T09:01:02Z",
            "2100-02-28T12:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for day in 0..400 * 366 {
            let moment = Timestamp::from_unix(day * SECONDS_A_DAY + 86_399);
            assert_eq!(parse(&moment.to_string()), Some(moment));
        }
    }

    #[test]
    fn fractions_are_cut_off() {
        for text in ["2026-11-24T09:01:02.9Z", "2026-11-24T09:01:02.0000000Z", "2026-11-24T09:01:02.999999999Z"] {
            assert_eq!(parse(text), parse("2026-11-24T09:01:02Z"), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_in_utc_is_refused() {
        for bad in [
            "",
            "Z",
            "2026-11-24",
            "2026-11-24T09:01:02",
            "2026-11-24T09:01:02z",
            "2026-11-24t09:01:02Z",
            "2026-11-24 09:01:02Z",
            " 2026-11-24T09:01:02Z",
            "2026-11-24T09:01:02Z ",
            "2026-11-24T09:01:02ZZ",
            "2026-11-24T09:01:02+00:00",
            "2026-11-24T09:01:02-08:00",
            "2026-11-24T09:01:02.Z",
            "2026-11-24T09:01:02.1234567890Z",
            "2026-11-24T09:01:02,5Z",
            "2026-11-24T09:01:60Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T09:60:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "-2026-11-24T09:01:02Z",
            "12026-11-24T09:01:02Z",
            "2026-11-24T09:01:0２Z",
            "２026-11-24T09:01:02Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
