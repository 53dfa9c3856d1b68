/// What the status server answers; a value, apart from the sockets.
struct StatusAnswer: Sendable, Equatable {
    let status: UInt32
    let contentType: String
    let body: String
    /// Only with 405.
    var allow: String?

    init(_ status: UInt32, _ body: String, contentType: String = "text/plain; charset=utf-8", allow: String? = nil) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.allow = allow
    }

    /// Healthy and ready are asked only when the path wants them.
    static func to(
        method: String, path: String, metrics: Metrics, health: () -> Readiness, readiness: () -> Readiness
    ) -> StatusAnswer {
        guard ["/metrics", "/healthz", "/readyz"].contains(path) else {
            return StatusAnswer(404, "There are /metrics, /healthz and /readyz.\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return StatusAnswer(405, "Only GET and HEAD.\n", allow: "GET, HEAD")
        }
        switch path {
        case "/metrics":
            return StatusAnswer(200, metrics.exposition(), contentType: MetricsText.contentType)
        case "/healthz": return answer(health(), word: "healthy")
        default: return answer(readiness(), word: "ready")
        }
    }

    private static func answer(_ readiness: Readiness, word: String) -> StatusAnswer {
        switch readiness {
        case .ready: StatusAnswer(200, word + "\n")
        case .notReady(let reason): StatusAnswer(503, reason + "\n")
        }
    }
}
