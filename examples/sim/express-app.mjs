// An Express application as one finds it: it listens at port 80 and knows of nothing.

import express from 'express'

const app = express()
app.use(express.json())
app.get('/', (_request, response) => response.send('<h1>Catalogue</h1>'))
app.get('/catalogue', (_request, response) => {
  response.json(
    Array.from({ length: 2000 }, (_, number) => ({ number, name: `article ${number}`, price: number % 97 })),
  )
})
app.post('/orders', (request, response) => response.status(201).json({ ordered: request.body }))
app.listen(80)
