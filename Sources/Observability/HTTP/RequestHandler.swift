import CLibmicrohttpd

/// Answers requests, on libmicrohttpd's thread.
final class RequestHandler: Sendable {
    private let routes: [String: @Sendable () -> HTTPResponse]

    init(routes: [String: @Sendable () -> HTTPResponse]) {
        self.routes = routes
    }

    /// What a request is answered with; `path` comes without its query.
    func answer(method: String, path: String) -> HTTPResponse {
        guard ["GET", "HEAD"].contains(method) else {
            return HTTPResponse(status: 405, text: "method not allowed: only GET and HEAD are\n")
        }
        guard let route = routes[path] else {
            return HTTPResponse(
                status: 404, text: "not found; there is: \(routes.keys.sorted().joined(separator: ", "))\n")
        }
        return route()
    }

    /// libmicrohttpd's access handler: called once when the headers are read, and again with the body and at its end.
    ///
    /// https://www.gnu.org/software/libmicrohttpd/manual/libmicrohttpd.html#microhttpd_002dcb
    static let callback: MHD_AccessHandlerCallback = {
        handler, connection, url, method, _, _, uploadSize, seen in
        guard let handler, let connection, let url, let method, let uploadSize, let seen else { return .NO }
        let name = String(cString: method)
        // An answer to the first call ends the connection after it. A scraper wants to keep its own; whoever sends
        // another method and perhaps a body is not worth the reading.
        if seen.pointee == nil, ["GET", "HEAD"].contains(name) {
            // Any address but nil says "seen"; it is never dereferenced.
            seen.pointee = handler
            return .YES
        }
        guard uploadSize.pointee == 0 else {
            uploadSize.pointee = 0
            return .YES
        }
        let routes = Unmanaged<RequestHandler>.fromOpaque(handler).takeUnretainedValue()
        return send(routes.answer(method: name, path: String(cString: url)), on: connection)
    }

    /// .NO closes the connection; it stands for want of memory here.
    private static func send(_ answer: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
        let response = answer.body.withUnsafeBytes { body in
            // The copy lets the array go at once, while a slow client may take its time. With MUST_COPY the buffer
            // is only read, though its type says otherwise.
            MHD_create_response_from_buffer(
                body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let response else { return .NO }
        // The connection holds a reference of its own until it is sent.
        defer { MHD_destroy_response(response) }
        guard MHD_add_response_header(response, "Content-Type", answer.contentType) == .YES else { return .NO }
        if answer.status == 405 {
            guard MHD_add_response_header(response, "Allow", "GET, HEAD") == .YES else { return .NO }
        }
        return MHD_queue_response(connection, UInt32(answer.status), response)
    }
}
