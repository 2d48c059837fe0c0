//! Hex: lower-case hexadecimal digits, the one spelling of digests, keys and ids in text.

/// Two digits a byte.
pub fn text(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' - 10 + half });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Takes lower-case digits in pairs and nothing else.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// As `bytes`, and exactly `N` of them.
pub fn array<const N: usize>(text: &str) -> Option<[u8; N]> {
    bytes(text)?.try_into().ok()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_one_spelling() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(text(&[0x00, 0x09, 0x0a, 0x9f, 0xa0, 0xff]), "00090a9fa0ff");
        assert_eq!(bytes(&text(&all)), Some(all));
        assert_eq!(array("00ff"), Some([0, 255]));
        for bad in ["0", "0A", "+1", " 1", "0g", "0x", "é", "000"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
        assert_eq!((array::<2>("00"), array::<2>("000000")), (None, None));
    }
}
