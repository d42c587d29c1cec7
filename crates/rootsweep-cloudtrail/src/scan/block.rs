//! Sixty-four bytes at a time: where the quotes, the escapes and the brackets are.

use wide::u8x16;

/// How many bytes are looked at in one go: one for each bit of a mask.
pub(super) const BLOCK: usize = 64;

/// What stands where in a block; bit n stands for byte n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `"`.
    pub(super) quotes: u64,
    /// `\`.
    pub(super) backslashes: u64,
    /// `{`, `}`, `[`, `]`, and two that are illegal outside of strings: `|` and `\`.
    pub(super) brackets: u64,
    /// Control characters, of which line ends are the usual ones: illegal inside of strings.
    pub(super) controls: u64,
}

impl Masks {
    /// Looks at a block.
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let mut masks = Self::default();
        let (lanes, _) = block.as_chunks::<16>();
        for (at, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            let shift = 16 * at;
            masks.quotes |= is(bytes, b'"') << shift;
            masks.backslashes |= is(bytes, b'\\') << shift;
            masks.brackets |= brackets(bytes) << shift;
            masks.controls |= controls(bytes) << shift;
        }
        masks
    }
}

#[inline]
fn is(bytes: u8x16, wanted: u8) -> u64 {
    u64::from(bytes.simd_eq(u8x16::splat(wanted)).to_bitmask())
}

/// With its bit 5 set, each bracket is one of the three codes from `{` to `}`, and so are `|` and `\`.
#[inline]
fn brackets(bytes: u8x16) -> u64 {
    let above = (bytes | u8x16::splat(0x20)) - u8x16::splat(b'{');
    u64::from(above.simd_eq(above.min(u8x16::splat(2))).to_bitmask())
}

#[inline]
fn controls(bytes: u8x16) -> u64 {
    u64::from(bytes.simd_eq(bytes.min(u8x16::splat(0x1F))).to_bitmask())
}

/// Returns which bytes are escaped by a backslash before them. `carry` is 1 where the block's first byte is.
#[inline]
pub(super) fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if backslashes == 0 {
        return std::mem::take(carry);
    }
    let backslashes = backslashes & !*carry;
    let follows = (backslashes << 1) | *carry;
    let odd_starts = backslashes & !EVEN & !follows;
    let (sequences, overflow) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(overflow);
    (EVEN ^ (sequences << 1)) & follows
}

/// Returns, for each bit, whether an odd number of bits is set up to and with it.
#[inline]
pub(super) const fn parity(bits: u64) -> u64 {
    let bits = bits ^ (bits << 1);
    let bits = bits ^ (bits << 2);
    let bits = bits ^ (bits << 4);
    let bits = bits ^ (bits << 8);
    let bits = bits ^ (bits << 16);
    bits ^ (bits << 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(block: &[u8; BLOCK], wanted: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().filter(|(_, byte)| wanted(**byte)).map(|(at, _)| 1 << at).sum()
    }

    proptest! {
        #[test]
        fn masks_say_what_is_there(block in proptest::array::uniform32(any::<u16>())) {
            let mut bytes = [0; BLOCK];
            for (pair, value) in bytes.chunks_exact_mut(2).zip(block) {
                pair.copy_from_slice(&value.to_le_bytes());
            }
            let masks = Masks::of(&bytes);
            prop_assert_eq!(masks.quotes, mask(&bytes, |byte| byte == b'"'));
            prop_assert_eq!(masks.backslashes, mask(&bytes, |byte| byte == b'\\'));
            prop_assert_eq!(masks.brackets, mask(&bytes, |byte| b"{}[]|\\".contains(&byte)));
            prop_assert_eq!(masks.controls, mask(&bytes, |byte| byte < 0x20));
        }

        #[test]
        fn escapes_are_told_as_one_would_by_hand(backslashes: u64, carry in 0_u64..2) {
            let (mut by_hand, mut before) = (0, carry == 1);
            for at in 0..64 {
                by_hand |= u64::from(before) << at;
                before = !before && backslashes >> at & 1 == 1;
            }
            let mut carried = carry;
            prop_assert_eq!(escaped(backslashes, &mut carried), by_hand);
            prop_assert_eq!(carried == 1, before);
        }

        #[test]
        fn parity_counts(bits: u64) {
            let by_hand = (0..64).filter(|at| (bits << (63 - at)).count_ones() % 2 == 1).map(|at| 1 << at).sum::<u64>();
            prop_assert_eq!(parity(bits), by_hand);
        }
    }
}
