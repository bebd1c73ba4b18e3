import unittest

from app.bootstrap import signature


class SignatureTest(unittest.TestCase):
    def test_it_depends_on_secret_and_body(self):
        shown = signature("secret", b"{}")
        self.assertEqual(shown, signature("secret", b"{}"))
        self.assertNotEqual(shown, signature("other", b"{}"))
        self.assertNotEqual(shown, signature("secret", b"{ }"))


if __name__ == "__main__":
    unittest.main()
