/** The text without the password of any URL in it: `amqp://admin:***@host`. */
export function withoutPasswords(text: string): string {
  // The placeholder of our own messages is not a password.
  return text.replace(/(\/\/(?!user:password@host)[^\s:/@]*):[^\s"]*@/g, "$1:***@");
}
