/// A request by POST, and what it may cost.
struct HTTPRequest: Sendable {
    let url: String
    /// Lines as `name: value`. Names and values come from configuration, hashes and ids: no line break can be in them.
    let headers: [String]
    let body: [UInt8]
    /// From the beginning to the last byte of the answer.
    let timeoutMs: Int64
    let connectTimeoutMs: Int64
    /// A connection of its own: one that is kept may end just as the request is sent, and nobody can say whether it arrived.
    let needsFreshConnection: Bool
    /// Whether addresses that are not public may be connected to.
    let allowsPrivateAddresses: Bool
    /// By the process's clock: later it does not begin.
    let beginsBeforeMs: Int64
}

/// What came of a request.
struct HTTPAnswer: Sendable, Equatable {
    enum Failure: String, Sendable {
        case timeout, connect, dns, certificate, tls, url, connection
        /// The address is not public.
        case privateAddress
        /// The answer's headers are larger than any should be.
        case answerTooLarge
        /// Not begun: too late, or the sender has stopped.
        case notStarted
    }

    /// 0: none came.
    var status = 0
    /// Seconds of Retry-After, or up to its date, as milliseconds.
    var retryAfterMs: Int64?
    /// nil: the answer came whole.
    var failure: Failure?
    /// Whether anything of the request was sent.
    var wasSent = false
}
