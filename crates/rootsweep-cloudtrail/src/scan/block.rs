//! Sixty-four bytes at a time: where the quotes, the escapes and the brackets are.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256i, __m512i};

use wide::u8x16;

use super::needle::{FIRST, Hint, REACH, SECOND, THIRD};

/// How many bytes are looked at in one go: one for each bit of a mask.
pub(super) const BLOCK: usize = 64;

/// A block, and what has to be there behind it.
pub(super) const WINDOW: usize = BLOCK + REACH;

/// What stands where in a block; bit n stands for byte n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `"`.
    pub(super) quotes: u64,
    /// `\`.
    pub(super) backslashes: u64,
    /// `{` and `[`.
    pub(super) opens: u64,
    /// `}` and `]`.
    pub(super) closes: u64,
    /// Control characters, of which line ends are the usual ones: illegal inside of strings.
    pub(super) controls: u64,
    /// Where what is looked for could be, by three of its letters.
    pub(super) hints: u64,
}

/// What of it decides whether anything happens in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Glance {
    /// `"`.
    pub(super) quotes: u64,
    /// `{` and `[`.
    pub(super) opens: u64,
    /// `}` and `]`.
    pub(super) closes: u64,
    /// Not zero if there is a backslash, a control character or a hint.
    pub(super) events: u64,
}

/// A way to look at a block, by what the processor can do.
pub(super) trait Lanes: Copy {
    /// Looks at a block.
    fn look(self, window: &[u8; WINDOW]) -> Masks;

    /// Glances at a block. A mask costs more than what it is made from, so the rare things share one.
    #[inline]
    fn glance(self, window: &[u8; WINDOW]) -> Glance {
        let Masks { quotes, backslashes, opens, closes, controls, hints } = self.look(window);
        Glance { quotes, opens, closes, events: backslashes | controls | hints }
    }
}

/// Every processor that the program was built for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Lanes for Portable {
    #[inline]
    fn look(self, window: &[u8; WINDOW]) -> Masks {
        let is = |bytes: u8x16, wanted: u8| bytes.simd_eq(u8x16::splat(wanted));
        let hint = |at: usize, (distance, letters): Hint| {
            let bytes = u8x16::new(bytes_at(window, at + distance));
            let [first, second, third] = letters;
            is(bytes, first) | is(bytes, second) | is(bytes, third)
        };
        let mut masks = Masks::default();
        for at in (0..BLOCK).step_by(16) {
            let bits = |mask: u8x16| u64::from(mask.to_bitmask()) << at;
            let bytes = u8x16::new(bytes_at(window, at));
            // Brackets and braces differ by one bit.
            let folded = bytes | u8x16::splat(0x20);
            masks.quotes |= bits(is(bytes, b'"'));
            masks.backslashes |= bits(is(bytes, b'\\'));
            masks.opens |= bits(is(folded, b'{'));
            masks.closes |= bits(is(folded, b'}'));
            masks.controls |= bits(bytes.simd_eq(bytes.min(u8x16::splat(0x1F))));
            masks.hints |= bits(hint(at, FIRST) & hint(at, SECOND) & hint(at, THIRD));
        }
        masks
    }
}

/// Processors with AVX2, found out when the program runs.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(pub(super) pulp::x86::V3);

#[cfg(target_arch = "x86_64")]
#[expect(clippy::inline_always, reason = "AVX2 is only there in the function that this becomes a part of")]
impl Avx2 {
    #[inline(always)]
    fn splat(self, byte: u8) -> __m256i {
        self.0.avx._mm256_set1_epi8(byte.cast_signed())
    }

    #[inline(always)]
    fn bits(self, mask: __m256i) -> u64 {
        u64::from(self.0.avx2._mm256_movemask_epi8(mask).cast_unsigned())
    }

    #[inline(always)]
    fn is(self, bytes: __m256i, wanted: u8) -> __m256i {
        self.0.avx2._mm256_cmpeq_epi8(bytes, self.splat(wanted))
    }

    #[inline(always)]
    fn folded(self, bytes: __m256i) -> __m256i {
        self.0.avx2._mm256_or_si256(bytes, self.splat(0x20))
    }

    #[inline(always)]
    fn is_control(self, bytes: __m256i) -> __m256i {
        self.0.avx2._mm256_cmpeq_epi8(bytes, self.0.avx2._mm256_min_epu8(bytes, self.splat(0x1F)))
    }

    #[inline(always)]
    fn has(self, window: &[u8; WINDOW], at: usize, (distance, letters): Hint) -> __m256i {
        let avx2 = self.0.avx2;
        let bytes = pulp::cast(bytes_at::<32>(window, at + distance));
        let table = avx2._mm256_broadcastsi128_si256(pulp::cast(table(letters)));
        avx2._mm256_cmpeq_epi8(avx2._mm256_shuffle_epi8(table, bytes), bytes)
    }

    #[inline(always)]
    fn hints(self, window: &[u8; WINDOW], at: usize) -> __m256i {
        let later = self.0.avx2._mm256_and_si256(self.has(window, at, SECOND), self.has(window, at, THIRD));
        self.0.avx2._mm256_and_si256(self.has(window, at, FIRST), later)
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(clippy::inline_always, reason = "AVX2 is only there in the function that this becomes a part of")]
impl Lanes for Avx2 {
    #[inline(always)]
    fn look(self, window: &[u8; WINDOW]) -> Masks {
        let mut masks = Masks::default();
        for at in [0, 32] {
            let bytes = pulp::cast(bytes_at::<32>(window, at));
            masks.quotes |= self.bits(self.is(bytes, b'"')) << at;
            masks.backslashes |= self.bits(self.is(bytes, b'\\')) << at;
            masks.opens |= self.bits(self.is(self.folded(bytes), b'{')) << at;
            masks.closes |= self.bits(self.is(self.folded(bytes), b'}')) << at;
            masks.controls |= self.bits(self.is_control(bytes)) << at;
            masks.hints |= self.bits(self.hints(window, at)) << at;
        }
        masks
    }

    #[inline(always)]
    fn glance(self, window: &[u8; WINDOW]) -> Glance {
        let (mut glance, mut events) = (Glance::default(), self.splat(0));
        let either = |one, other| self.0.avx2._mm256_or_si256(one, other);
        for at in [0, 32] {
            let bytes = pulp::cast(bytes_at::<32>(window, at));
            glance.quotes |= self.bits(self.is(bytes, b'"')) << at;
            glance.opens |= self.bits(self.is(self.folded(bytes), b'{')) << at;
            glance.closes |= self.bits(self.is(self.folded(bytes), b'}')) << at;
            let rare = either(self.is(bytes, b'\\'), self.is_control(bytes));
            events = either(events, either(rare, self.hints(window, at)));
        }
        Glance { events: self.bits(events), ..glance }
    }
}

/// Processors with AVX-512, which compare a whole block in one go.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(pub(super) pulp::x86::V4);

#[cfg(target_arch = "x86_64")]
#[expect(clippy::inline_always, reason = "AVX-512 is only there in the function that this becomes a part of")]
impl Avx512 {
    #[inline(always)]
    fn splat(self, byte: u8) -> __m512i {
        self.0.avx512f._mm512_set1_epi8(byte.cast_signed())
    }

    #[inline(always)]
    fn is(self, bytes: __m512i, wanted: u8) -> u64 {
        self.0.avx512bw._mm512_cmpeq_epi8_mask(bytes, self.splat(wanted))
    }

    #[inline(always)]
    fn folded(self, bytes: __m512i) -> __m512i {
        self.0.avx512f._mm512_or_si512(bytes, self.splat(0x20))
    }

    /// Returns zeros where one of the letters stands.
    #[inline(always)]
    fn lacks(self, window: &[u8; WINDOW], (distance, letters): Hint) -> __m512i {
        let bytes = pulp::cast(bytes_at::<64>(window, distance));
        let table = self.0.avx512f._mm512_broadcast_i32x4(pulp::cast(table(letters)));
        self.0.avx512f._mm512_xor_si512(self.0.avx512bw._mm512_shuffle_epi8(table, bytes), bytes)
    }

    /// Returns zeros where there is a hint.
    #[inline(always)]
    fn no_hints(self, window: &[u8; WINDOW]) -> __m512i {
        let either = |one, other| self.0.avx512f._mm512_or_si512(one, other);
        either(self.lacks(window, FIRST), either(self.lacks(window, SECOND), self.lacks(window, THIRD)))
    }

    #[inline(always)]
    fn zeros(self, bytes: __m512i) -> u64 {
        self.0.avx512bw._mm512_testn_epi8_mask(bytes, bytes)
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(clippy::inline_always, reason = "AVX-512 is only there in the function that this becomes a part of")]
impl Lanes for Avx512 {
    #[inline(always)]
    fn look(self, window: &[u8; WINDOW]) -> Masks {
        let bytes = pulp::cast(bytes_at::<64>(window, 0));
        Masks {
            quotes: self.is(bytes, b'"'),
            backslashes: self.is(bytes, b'\\'),
            opens: self.is(self.folded(bytes), b'{'),
            closes: self.is(self.folded(bytes), b'}'),
            controls: self.0.avx512bw._mm512_cmplt_epu8_mask(bytes, self.splat(0x20)),
            hints: self.zeros(self.no_hints(window)),
        }
    }

    #[inline(always)]
    fn glance(self, window: &[u8; WINDOW]) -> Glance {
        let (avx512f, avx512bw) = (self.0.avx512f, self.0.avx512bw);
        let bytes = pulp::cast(bytes_at::<64>(window, 0));
        // Zero where there is a control character, where there is a backslash, where there is a hint: the least of the
        // three needs one mask.
        let control = avx512bw._mm512_subs_epu8(bytes, self.splat(0x1F));
        let backslash = avx512f._mm512_xor_si512(bytes, self.splat(b'\\'));
        let rare = avx512bw._mm512_min_epu8(control, backslash);
        Glance {
            quotes: self.is(bytes, b'"'),
            opens: self.is(self.folded(bytes), b'{'),
            closes: self.is(self.folded(bytes), b'}'),
            events: self.zeros(avx512bw._mm512_min_epu8(rare, self.no_hints(window))),
        }
    }
}

/// Returns some of a window's bytes.
#[inline]
fn bytes_at<const LANES: usize>(window: &[u8; WINDOW], at: usize) -> [u8; LANES] {
    window.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; LANES])
}

/// Returns a table in which each of the letters stands at its own low four bits: a byte is one of them if the table has
/// the same byte there, which a processor finds out for a whole vector at once. No two of the letters may share a place.
#[cfg(target_arch = "x86_64")]
#[expect(clippy::indexing_slicing, reason = "four bits are below sixteen")]
const fn table([first, second, third]: [u8; 3]) -> [u8; 16] {
    // No byte finds itself at a place that is not taken: those of 0x80 and above find zero.
    let mut table = [0x80; 16];
    table[(first & 0xF) as usize] = first;
    table[(second & 0xF) as usize] = second;
    table[(third & 0xF) as usize] = third;
    table
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

    const HINTS: [Hint; 3] = [FIRST, SECOND, THIRD];

    fn mask(window: &[u8; WINDOW], wanted: impl Fn(u8) -> bool) -> u64 {
        window.iter().take(BLOCK).enumerate().filter(|(_, byte)| wanted(**byte)).map(|(at, _)| 1 << at).sum()
    }

    /// The letters of the hints, and what differs from them in a single bit.
    fn letter() -> impl Strategy<Value = u8> {
        let letters = HINTS.iter().flat_map(|(_, letters)| *letters).collect::<Vec<_>>();
        (proptest::sample::select(letters), 0_u32..12)
            .prop_map(|(letter, bit)| letter ^ 1_u8.checked_shl(bit).unwrap_or(0))
    }

    fn check((masks, glance): (Masks, Glance), by_hand: Masks) -> Result<(), TestCaseError> {
        prop_assert_eq!(masks, by_hand);
        let events = by_hand.backslashes | by_hand.controls | by_hand.hints;
        prop_assert_eq!((glance.quotes, glance.opens, glance.closes), (by_hand.quotes, by_hand.opens, by_hand.closes));
        prop_assert_eq!(glance.events != 0, events != 0);
        Ok(())
    }

    #[test]
    fn letters_have_places_of_their_own() {
        for (_, letters) in HINTS {
            assert_eq!(table(letters).iter().filter(|byte| letters.contains(byte)).count(), letters.len());
        }
    }

    proptest! {
        #[test]
        fn masks_say_what_is_there(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), letter()], WINDOW)) {
            let bytes: [u8; WINDOW] = bytes.try_into().unwrap();
            let hints = (0..BLOCK).filter(|at| HINTS.iter().all(|(distance, letters)| letters.contains(&bytes[at + distance])));
            let by_hand = Masks {
                quotes: mask(&bytes, |byte| byte == b'"'),
                backslashes: mask(&bytes, |byte| byte == b'\\'),
                opens: mask(&bytes, |byte| b"{[".contains(&byte)),
                closes: mask(&bytes, |byte| b"}]".contains(&byte)),
                controls: mask(&bytes, |byte| byte < 0x20),
                hints: hints.map(|at| 1 << at).sum(),
            };
            check((Portable.look(&bytes), Portable.glance(&bytes)), by_hand)?;
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                check(simd.vectorize(|| (Avx2(simd).look(&bytes), Avx2(simd).glance(&bytes))), by_hand)?;
            }
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V4::try_new() {
                check(simd.vectorize(|| (Avx512(simd).look(&bytes), Avx512(simd).glance(&bytes))), by_hand)?;
            }
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
