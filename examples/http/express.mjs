// An Express application as its users write it: node express.mjs [port]

import express from 'express'

const todos = []
const app = express()

app.use(express.json())
app.get('/todos', (_request, response) => response.json(todos))
app.post('/todos', (request, response) => {
  todos.push(request.body)
  response.status(201).location(`/todos/${todos.length}`).json(request.body)
})
app.get('/todos/:number', (request, response, next) => {
  const todo = todos[request.params.number - 1]
  if (todo === undefined) next()
  else response.send(todo.name)
})
app.get('/failing', () => {
  throw new Error('on purpose')
})
app.use((error, _request, response, _next) => response.status(500).send(`failed ${error.message}`))

const server = app.listen(Number(process.argv[2] ?? 3000), '127.0.0.1', () => {
  const { address, port } = server.address()
  console.log(`express: listening on ${address}:${port}`)
})
