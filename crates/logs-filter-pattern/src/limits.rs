//! The limits that AWS documents for filter patterns, and two of our own that keep parsing bounded.

/// The longest pattern, in characters
/// ([`PutMetricFilter`](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html)).
pub const MAX_PATTERN_CHARACTERS: usize = 1024;

/// The most wildcard selectors (`[*]` or `.*`) in one property selector
/// ([JSON log events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html)).
pub const MAX_WILDCARDS_PER_SELECTOR: usize = 1;

/// The most wildcard selectors in one compound pattern
/// ([JSON log events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html)).
pub const MAX_WILDCARDS_PER_PATTERN: usize = 3;

/// The most regular expressions in one JSON or space-delimited pattern
/// ([regex syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html)).
pub const MAX_REGEXES_PER_PATTERN: usize = 2;

/// The deepest nesting of parentheses that this crate reads; AWS documents none.
pub const MAX_NESTED_PARENTHESES: usize = 100;

/// The largest compiled regular expression in bytes; AWS documents none.
pub const MAX_REGEX_BYTES: usize = 1 << 20;
