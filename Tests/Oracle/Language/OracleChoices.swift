/// Where the documentation's words leave something open: the reading that the oracle takes, each in one place.
///
/// The defaults are the plainest readings. A decided case is changed here, and then removed from here.
///
/// Readings without a switch, each in the type named:
/// * `OracleDecoder`: of several faults the first of this order counts: record timestamp, tombstone, key (none, empty, too
///   long, not UTF-8), size, JSON, depth (the outermost object is 1), top level no object, name (none, empty, no string),
///   `properties` or `context` no object, own timestamp, number.
/// * `OracleTurn`: a dead letter fires no timer. A key part longer than 128 bytes stays as it is: it is equal to the same parts.
/// * `OracleScope`: a missing value is absorbed by `&&` and `||` as an error is.
/// * `OracleFoldHistory`: `last` with `within` keeps the newest value alone. At the 65th entry, those that have left the
///   newest entry's window go before any two become one.
/// * `OracleTime`: digits beyond milliseconds are cut off; no offset is UTC; seconds are required; no leap seconds.
/// * `OracleAliases`: a property that is there with `null` is there. An unknown name stays as it is.
public struct OracleChoices: Sendable, Hashable {
    /// Where timers of a rule with `late.wait` stand among the others, and in a cut-off: at due + wait, else at due.
    public var isOrderedByJudgement = true

    /// A run that ended in the suppression `late` or `condition` still owns the starts before its due time, and a
    /// canceller between its starts still restarts it.
    public var suppressedRunsCount = true

    /// A firing that a canceller recalled no longer owns the starts before its due time.
    public var recalledRunsOwnNoStarts = true

    /// A canceller of a decision that has expired writes no cancel, but frees reentry and restarts as any other.
    public var expiredRunsCount = true

    /// A restart after a firing heeds a canceller at or after the restart's start, as a late start does.
    public var restartHeedsCancellers = true

    /// A restart after a firing gives way to a run of the same key.
    public var restartGivesWay = true

    /// An exit or canceller reaches every decision of the key that is still out, not the newest alone.
    public var recallReachesAll = true

    /// A goal can convert a decision that a canceller or a late own event has recalled.
    public var goalConvertsVoided = true

    /// A goal that lacks a key part converts the newest decision of each key, not the newest of all.
    public var goalConvertsEachKey = true

    /// `inactive` with `reentry`: judged before `maxLateness` and `if`.
    public var inactivityReentryFirst = true

    /// `inactive` with `events`: these replace "own", so that an event from a server may count.
    public var eventsReplaceOwn = true

    /// The second of two starts at the same instant is no part of "what the last start alone brought".
    public var restartTakesFirstOfTie = true

    public init() {}
}
