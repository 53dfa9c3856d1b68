import CMicroHTTPD

/// What libmicrohttpd's callback needs; an object, because C passes a pointer to it.
final class StatusResponder: Sendable {
    fileprivate let answer: @Sendable (_ method: String, _ path: String) -> StatusAnswer

    init(answer: @escaping @Sendable (_ method: String, _ path: String) -> StatusAnswer) {
        self.answer = answer
    }
}

/// Answers one request, on the server's thread. A body is never read: the answer closes such a connection.
func answerConnection(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, path: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, body: UnsafePointer<CChar>?,
    bodySize: UnsafeMutablePointer<Int>?, state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let path, let method else { return .NO }
    let responder = Unmanaged<StatusResponder>.fromOpaque(context).takeUnretainedValue()
    let answer = responder.answer(String(cString: method), String(cString: path))
    var bytes = Array(answer.body.utf8)
    guard let response = MHD_create_response_from_buffer(bytes.count, &bytes, .RESPMEM_MUST_COPY) else {
        return .NO
    }
    defer { MHD_destroy_response(response) }
    MHD_add_response_header(response, "Content-Type", answer.contentType)
    MHD_add_response_header(response, "Cache-Control", "no-store")
    if let allow = answer.allow { MHD_add_response_header(response, "Allow", allow) }
    return MHD_queue_response(connection, answer.status, response)
}
