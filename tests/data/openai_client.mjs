// Holds a conversation through OpenAI's own package for Node and prints what came of it as one JSON document.
import { createRequire } from 'node:module';

const OpenAI = createRequire(`${process.env.PACKAGES}/`)('openai');
const client = new OpenAI({ baseURL: `${process.env.URL}/v1`, apiKey: process.env.KEY, maxRetries: 0 });
const question = { role: 'user', content: process.env.QUESTION };
const told = {};

told.models = [];
for await (const model of client.models.list()) told.models.push(model.id);

const whole = await client.chat.completions.create({ model: 'ai-chat', messages: [question] });
told.whole = whole.choices[0].message.content;
told.evidence = whole.ai_chat.evidence[0].document;

const said = [question, { role: 'assistant', content: told.whole }, { role: 'user', content: '그럼 남은 휴가는?' }];
const stream = await client.chat.completions.create({
  model: 'ai-chat', messages: said, stream: true, stream_options: { include_usage: true },
});
told.streamed = '';
for await (const chunk of stream) {
  told.streamed += chunk.choices[0]?.delta?.content ?? '';
  told.reason = chunk.choices[0]?.finish_reason ?? told.reason;
  told.conversation = chunk.ai_chat?.conversation_id ?? told.conversation;
  told.tokens = chunk.usage?.completion_tokens ?? told.tokens;
}
told.sameConversation = told.conversation === whole.ai_chat.conversation_id;

const cut = await client.chat.completions.create({ model: 'ai-chat', messages: [question], stream: true });
for await (const _ of cut) break; // closes the connection
told.cut = cut.controller.signal.aborted;

told.errors = [];
for (const request of [
  () => client.chat.completions.create({ model: 'gpt-4o', messages: [question] }),
  () => client.chat.completions.create({ model: 'ai-chat', messages: [] }),
  () => new OpenAI({ baseURL: client.baseURL, apiKey: 'wrong', maxRetries: 0 }).models.list(),
]) {
  try {
    await request();
    told.errors.push('none');
  } catch (error) {
    told.errors.push(`${error.constructor.name} ${error.status} ${error.code}`);
  }
}
console.log(JSON.stringify(told));
