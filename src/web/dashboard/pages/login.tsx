import { useEffect, useRef, useState } from "preact/hooks";
import { change } from "../api.ts";
import { Failure, Heading } from "../parts.tsx";
import { messageOf } from "../state.ts";

export function LoginPage({ done }: { readonly done: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);
  const login = async () => {
    if (isSending) return;
    setSending(true);
    setError(undefined);
    try {
      await change("POST", "session", { name, password });
      done();
    } catch (reason) {
      setError(messageOf(reason));
      setPassword("");
      passwordField.current?.focus();
    } finally {
      setSending(false);
    }
  };
  return (
    <main class="alone">
      <Heading title="Log in to Harbinger" takesFocus={false} />
      <form
        class="login"
        onSubmit={(event) => {
          event.preventDefault();
          void login();
        }}
      >
        <label>
          Name
          <input
            ref={nameField}
            name="name"
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
            required
            maxLength={200}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          Password
          <input
            ref={passwordField}
            name="password"
            type="password"
            autocomplete="current-password"
            required
            maxLength={1000}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <button type="submit" aria-disabled={isSending}>
          Log in
        </button>
        <Failure message={error} />
      </form>
    </main>
  );
}
