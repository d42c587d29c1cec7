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
    /// `{` and `[`.
    pub(super) opens: u64,
    /// `}` and `]`.
    pub(super) closes: u64,
    /// `t`, with which most of what is looked for ends.
    pub(super) small_t: u64,
    /// `A`, with which the rest of it begins or ends.
    pub(super) large_a: u64,
    /// Control characters, of which line ends are the usual ones: illegal inside of strings.
    pub(super) controls: u64,
}

/// A way to look at a block, by what the processor can do.
pub(super) trait Lanes: Copy {
    /// Looks at a block.
    fn look(self, block: &[u8; BLOCK]) -> Masks;
}

/// Every processor that the program was built for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Lanes for Portable {
    #[inline]
    fn look(self, block: &[u8; BLOCK]) -> Masks {
        let is = |bytes: u8x16, wanted: u8| u64::from(bytes.simd_eq(u8x16::splat(wanted)).to_bitmask());
        let mut masks = Masks::default();
        let (lanes, _) = block.as_chunks::<16>();
        for (at, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            // Brackets and braces differ by one bit.
            let folded = bytes | u8x16::splat(0x20);
            let control = bytes.simd_eq(bytes.min(u8x16::splat(0x1F)));
            masks.quotes |= is(bytes, b'"') << (16 * at);
            masks.backslashes |= is(bytes, b'\\') << (16 * at);
            masks.small_t |= is(bytes, b't') << (16 * at);
            masks.large_a |= is(bytes, b'A') << (16 * at);
            masks.opens |= is(folded, b'{') << (16 * at);
            masks.closes |= is(folded, b'}') << (16 * at);
            masks.controls |= u64::from(control.to_bitmask()) << (16 * at);
        }
        masks
    }
}

/// Processors with AVX2, found out when the program runs.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(pub(super) pulp::x86::V3);

#[cfg(target_arch = "x86_64")]
impl Lanes for Avx2 {
    #[expect(clippy::inline_always, reason = "AVX2 is only there in the function that this becomes a part of")]
    #[inline(always)]
    fn look(self, block: &[u8; BLOCK]) -> Masks {
        let (avx, avx2) = (self.0.avx, self.0.avx2);
        let splat = |byte: u8| avx._mm256_set1_epi8(byte.cast_signed());
        let bits = |mask| u64::from(avx2._mm256_movemask_epi8(mask).cast_unsigned());
        let mut masks = Masks::default();
        let (lanes, _) = block.as_chunks::<32>();
        for (at, lane) in lanes.iter().enumerate() {
            let bytes = pulp::cast(*lane);
            let folded = avx2._mm256_or_si256(bytes, splat(0x20));
            let is = |bytes, wanted| bits(avx2._mm256_cmpeq_epi8(bytes, splat(wanted))) << (32 * at);
            let low = avx2._mm256_min_epu8(bytes, splat(0x1F));
            masks.quotes |= is(bytes, b'"');
            masks.backslashes |= is(bytes, b'\\');
            masks.small_t |= is(bytes, b't');
            masks.large_a |= is(bytes, b'A');
            masks.opens |= is(folded, b'{');
            masks.closes |= is(folded, b'}');
            masks.controls |= bits(avx2._mm256_cmpeq_epi8(bytes, low)) << (32 * at);
        }
        masks
    }
}

/// Processors with AVX-512, which compare a whole block in one go.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(pub(super) pulp::x86::V4);

#[cfg(target_arch = "x86_64")]
impl Lanes for Avx512 {
    #[expect(clippy::inline_always, reason = "AVX-512 is only there in the function that this becomes a part of")]
    #[inline(always)]
    fn look(self, block: &[u8; BLOCK]) -> Masks {
        let (avx512f, avx512bw) = (self.0.avx512f, self.0.avx512bw);
        let splat = |byte: u8| avx512f._mm512_set1_epi8(byte.cast_signed());
        let is = |bytes, wanted| avx512bw._mm512_cmpeq_epi8_mask(bytes, splat(wanted));
        let bytes = pulp::cast(*block);
        let folded = avx512f._mm512_or_si512(bytes, splat(0x20));
        Masks {
            quotes: is(bytes, b'"'),
            backslashes: is(bytes, b'\\'),
            small_t: is(bytes, b't'),
            large_a: is(bytes, b'A'),
            opens: is(folded, b'{'),
            closes: is(folded, b'}'),
            controls: avx512bw._mm512_cmplt_epu8_mask(bytes, splat(0x20)),
        }
    }
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
            let by_hand = Masks {
                quotes: mask(&bytes, |byte| byte == b'"'),
                backslashes: mask(&bytes, |byte| byte == b'\\'),
                small_t: mask(&bytes, |byte| byte == b't'),
                large_a: mask(&bytes, |byte| byte == b'A'),
                opens: mask(&bytes, |byte| b"{[".contains(&byte)),
                closes: mask(&bytes, |byte| b"}]".contains(&byte)),
                controls: mask(&bytes, |byte| byte < 0x20),
            };
            prop_assert_eq!(Portable.look(&bytes), by_hand);
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                prop_assert_eq!(simd.vectorize(|| Avx2(simd).look(&bytes)), by_hand);
            }
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V4::try_new() {
                prop_assert_eq!(simd.vectorize(|| Avx512(simd).look(&bytes)), by_hand);
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
