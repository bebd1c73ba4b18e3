import unittest

from app.bootstrap import Sessions, digest


class SessionsTest(unittest.TestCase):
    def test_a_session_ends_when_its_time_is_over(self):
        now = [0.0]
        sessions = Sessions(clock=lambda: now[0])
        token = sessions.open("ada", seconds=60)
        self.assertEqual(sessions.user(token), "ada")
        now[0] = 60.0
        self.assertEqual(sessions.user(token), "")

    def test_an_unknown_token_is_nobodys(self):
        self.assertEqual(Sessions().user("guessed"), "")

    def test_the_same_password_is_stored_differently_for_each_salt(self):
        self.assertNotEqual(digest("secret", "00" * 16), digest("secret", "11" * 16))


if __name__ == "__main__":
    unittest.main()
