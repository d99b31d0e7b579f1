import Configuration
import Foundation
import Testing

@Suite struct ExampleTests {
    @Test(arguments: Folders.names(in: Folders.examples, endingIn: ".yaml"))
    func anExampleLoadsWithoutAWord(_ name: String) throws {
        let files = ["cdc-password": "a\n", "kafka-password": "b\n", "hmac-key": "c\n"]
        try Folders.withTemporary(files: files) { credentials in
            let path = Folders.examples.appending(path: name).path
            let result = ConfigurationFile.load(
                path: path, environment: ["CDC_PASSWORD": "x", "CREDENTIALS_DIRECTORY": credentials])
            #expect(result.rendered == "")
            #expect(result.settings != nil)
        }
    }
}
